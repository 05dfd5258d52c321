//! An autoencoder in a worker, which a page asks by messages.

use std::cell::RefCell;

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AbortController, DedicatedWorkerGlobalScope, MessageEvent, MessagePort};

use super::{Autoencoder, error, record};

thread_local! {
    /// The autoencoder of this worker.
    static AUTOENCODER: RefCell<JsValue> = const { RefCell::new(JsValue::UNDEFINED) };
}

/// Serves an autoencoder to the page that has started this worker; the package's entry `worker` calls it.
///
/// A message is `{ method, args }`, with a port for the answer: `{ result }` or `{ error }`. `new`, `load`, `fromJSON` and
/// `fromSafetensors` create the autoencoder; other names are its methods and properties. While it trains, `fit` also sends
/// `{ progress }`, and a message to it through the port aborts it.
#[wasm_bindgen(js_name = serveWorker, skip_typescript)]
pub fn serve() {
    let listener = Closure::<dyn Fn(MessageEvent)>::new(|event: MessageEvent| {
        let port = event.ports().get(0);
        if port.is_object() {
            spawn_local(answer(event.data(), port.unchecked_into()));
        }
    });
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    scope.set_onmessage(Some(listener.into_js_value().unchecked_ref()));
}

/// Answers a message.
async fn answer(message: JsValue, port: MessagePort) {
    let answer = match call(&message, &port).await {
        Ok(result) => record(&[("result", result)]),
        Err(reason) => record(&[("error", reason)]),
    };
    // Not everything can be sent: functions cannot.
    if let Err(reason) = port.post_message(&answer) {
        let _ = port.post_message(&record(&[("error", reason)]));
    }
}

/// Creates the autoencoder, calls a method of it, or gets or sets a property.
async fn call(message: &JsValue, port: &MessagePort) -> Result<JsValue, JsValue> {
    let method = Reflect::get(message, &"method".into())?;
    let args: Array = Reflect::get(message, &"args".into())?.dyn_into().unwrap_or_default();
    let (first, second) = (args.get(0), args.get(1));
    let name = method.as_string().unwrap_or_default();
    let created = match name.as_str() {
        "new" => Autoencoder::new(&first)?,
        "load" => Autoencoder::load(&first)?,
        "fromJSON" => Autoencoder::from_json(&first, &second)?,
        "fromSafetensors" => Autoencoder::from_safetensors(&first, &second)?,
        _ => return call_method(&name, &args, port).await,
    };
    AUTOENCODER.set(created.into());
    Ok(JsValue::UNDEFINED)
}

async fn call_method(name: &str, args: &Array, port: &MessagePort) -> Result<JsValue, JsValue> {
    let autoencoder = AUTOENCODER.with_borrow(JsValue::clone);
    if autoencoder.is_undefined() {
        return Err(error("there is no autoencoder yet: send new, load, fromJSON or fromSafetensors first"));
    }
    let member = Reflect::get(&autoencoder, &name.into())?;
    if member.is_undefined() {
        return Err(error(&format!("an autoencoder has no “{name}”")));
    }
    let Some(method) = member.dyn_ref::<Function>() else {
        if args.length() == 0 {
            return Ok(member);
        }
        return Reflect::set(&autoencoder, &name.into(), &args.get(0)).map(|_| JsValue::UNDEFINED);
    };
    let controller = AbortController::new()?;
    let abort = Closure::<dyn Fn()>::new({
        let controller = controller.clone();
        move || controller.abort()
    });
    let report = Closure::<dyn Fn(JsValue)>::new({
        let port = port.clone();
        move |progress| _ = port.post_message(&record(&[("progress", progress)]))
    });
    if name == "fit" {
        let own = record(&[("onProgress", report.as_ref().clone()), ("signal", controller.signal().into())]);
        let options = Object::assign(&Object::new(), args.get(1).unchecked_ref());
        args.set(1, Object::assign(&options, own.unchecked_ref()).into());
        port.set_onmessage(Some(abort.as_ref().unchecked_ref()));
    }
    let result = JsFuture::from(Promise::resolve(&method.apply(&autoencoder, args)?)).await;
    // Nothing is sent to a closure that is gone.
    port.set_onmessage(None);
    result
}
