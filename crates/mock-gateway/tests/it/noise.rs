//! Whatever bytes it receives, the gateway keeps serving.

use http::StatusCode;
use proptest::prelude::*;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::support::{ask, chat_gateway, chat_url, client, post, question, send};

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_bytes_come_the_gateway_answers_the_next_caller(
        noise in prop::collection::vec(any::<u8>(), 0..300),
        body in any::<String>(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let gateway = chat_gateway().await;
            let mut stream = TcpStream::connect(gateway.address()).await.unwrap();
            stream.write_all(&noise).await.unwrap();
            drop(stream);
            let said = ask(&gateway, &question(&body)).await;
            assert_eq!(said.status, StatusCode::OK);
            assert!(!said.json()["choices"][0]["message"]["content"].as_str().unwrap().is_empty());
            let refused = send(&client(), post(&chat_url(&gateway), body)).await;
            assert_eq!(refused.status, StatusCode::BAD_REQUEST);
        });
    }
}
