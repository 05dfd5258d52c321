//! The codes of digits as a table, for other programs.

use super::code::Code;

/// Codes as comma-separated values: a line for each digit with its index, its label (empty where that is unknown), and the
/// numbers of its code; above them the names of the columns.
pub(super) fn table(codes: &[Code], labels: &[Option<u8>]) -> String {
    let mut table = String::from("digit,label");
    for number in 1..=codes.first().map_or(0, |code| code.len()) {
        table.push_str(&format!(",z{number}"));
    }
    for (index, code) in codes.iter().enumerate() {
        let label = labels.get(index).copied().flatten().map_or(String::new(), |label| label.to_string());
        table.push_str(&format!("\n{index},{label}"));
        for z in &**code {
            table.push_str(&format!(",{z}"));
        }
    }
    table.push('\n');
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_digit_has_a_line_with_its_label_and_its_numbers() {
        let codes = [Code::of(&[0.5, -1.25]), Code::of(&[2.0, 0.0])];
        assert_eq!(table(&codes, &[Some(7), None]), "digit,label,z1,z2\n0,7,0.5,-1.25\n1,,2,0\n");
        assert_eq!(table(&[], &[]), "digit,label\n");
    }
}
