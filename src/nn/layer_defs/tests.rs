use super::*;

const DEMO: &str = "
// species a 2-dimensional code
layer_defs = [];
layer_defs.push({type:'input', out_sx:28, out_sy:28, out_depth:1});
layer_defs.push({type:'fc', num_neurons:50, activation:'tanh'});
layer_defs.push({type:'fc', num_neurons:50, activation:\"relu\"});
layer_defs.push({type:'fc', num_neurons:2}); /* the code */
layer_defs.push({ type: 'fc', activation: 'sigmoid', num_neurons: 50, })
layer_defs.push({type:'regression', num_neurons:28*28});

net = new convnetjs.Net();
net.makeLayers(layer_defs);
";

#[test]
fn the_lines_of_a_demo_are_read() {
    assert_eq!(parse(DEMO).unwrap().to_string(), "784 50t 50r 2 50s 784");
    let in_a_row = DEMO.replace("// species a 2-dimensional code", "").replace('\n', " ");
    assert_eq!(parse(&in_a_row), parse(DEMO));
    assert_eq!(DEMO.parse::<NetworkSpec>().unwrap(), parse(DEMO).unwrap());
}

#[test]
fn errors_point_at_the_word() {
    let cases = [
        ("28*28", "28*", 9, 52, "“}” stands where “a whole number” should"),
        ("28*28", "1.5", 9, 50, "“.” stands where “}” should"),
        ("28*28", "eval(1)", 9, 49, "“eval” stands where"),
        ("28*28", "9999", 9, 23, "9999 is not a width"),
        ("28*28", "99999999999999999999999", 9, 49, "a whole number"),
        ("'tanh'", "'maxout'", 5, 56, "“maxout” is none of tanh, relu and sigmoid"),
        ("'tanh'", "tanh", 5, 56, "“tanh” stands where “'...'” should"),
        ("'tanh'", "'tanh", 5, 56, "does not end"),
        ("'tanh'", "'tanh', drop_prob:0.5", 5, 64, "“drop_prob” is no setting"),
        ("'tanh'", "'tanh', num_neurons:2", 5, 64, "set twice"),
        ("'tanh'", "'tanh', out_sx:2", 5, 64, "has no out_sx"),
        ("'tanh'});", "'tanh'}", 6, 1, "“layer_defs” stands where “)” should"),
        ("type:'input', ", "", 4, 51, "the layer has no type"),
        ("'input'", "'conv'", 4, 23, "a layer “conv” cannot be represented"),
        ("'input'", "'fc'", 4, 23, "an input layer should come first"),
        ("'fc', num_neurons:2", "'fc'", 7, 23, "the layer has no num_neurons"),
        ("'fc', num_neurons:2", "'softmax', num_neurons:2", 7, 23, "“softmax”"),
        ("'fc', num_neurons:2", "'input', out_sx:1, out_sy:1, out_depth:1", 7, 23, "only come first"),
        ("'regression'", "'fc'", 11, 1, "“net” stands where"),
        ("net =", "alert(", 11, 1, "nothing should follow"),
        ("layer_defs = [];", "layer_defs = [1];", 3, 15, "“1” stands where “]” should"),
        ("layer_defs = [];", "layer_defs.pop();", 3, 12, "“pop” stands where “push” should"),
    ];
    for (from, to, line, column, problem) in cases {
        let error = parse(&DEMO.replacen(from, to, 1)).unwrap_err();
        assert!(error.problem.contains(problem), "{to}: {error}");
        assert_eq!((error.line, error.column), (line, column), "{to}: {error}");
    }
}

#[test]
fn any_beginning_of_the_text_is_answered() {
    let end = DEMO.find("net =").unwrap();
    for (place, _) in DEMO.char_indices().filter(|(place, _)| *place < end - 5) {
        assert!(parse(&DEMO[..place]).is_err(), "{}", &DEMO[..place]);
    }
    let layer = "layer_defs.push({type:'fc', num_neurons:2});";
    let deep =
        format!("layer_defs.push({{type:'input', out_sx:1, out_sy:1, out_depth:2}});{}", layer.repeat(40));
    assert!(parse(&deep).unwrap_err().problem.contains("too many"));
    assert!(parse(&"layer_defs.push({".repeat(100_000)).is_err());
}
