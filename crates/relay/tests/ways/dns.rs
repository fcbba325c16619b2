//! A name server that knows what a test tells it.

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::{Arc, Mutex};

use hickory_resolver::proto::op::{Message, MessageType, ResponseCode};
use hickory_resolver::proto::rr::rdata::{A, AAAA, MX, TXT};
use hickory_resolver::proto::rr::{Name, RData, Record};

/// What is known; of all other names it is known that they are not there.
#[derive(Default)]
pub(crate) struct Zone {
    records: Vec<(Name, RData)>,
    broken: Vec<Name>,
}

fn name(written: &str) -> Name {
    Name::from_ascii(format!("{}.", written.trim_end_matches('.'))).unwrap()
}

impl Zone {
    pub(crate) fn mx(mut self, domain: &str, rank: u16, server: &str) -> Self {
        self.records.push((name(domain), RData::MX(MX::new(rank, name(server)))));
        self
    }

    pub(crate) fn host(mut self, host: &str, address: &str) -> Self {
        let data = match address.parse().unwrap() {
            IpAddr::V4(address) => RData::A(A(address)),
            IpAddr::V6(address) => RData::AAAA(AAAA(address)),
        };
        self.records.push((name(host), data));
        self
    }

    pub(crate) fn text(mut self, at: &str, text: &str) -> Self {
        self.records.push((name(at), RData::TXT(TXT::new(vec![text.to_owned()]))));
        self
    }

    /// A name of which nothing can be learnt now.
    pub(crate) fn broken(mut self, at: &str) -> Self {
        self.broken.push(name(at));
        self
    }

    /// Serves it; the zone may be changed meanwhile.
    pub(crate) fn serve(self) -> (SocketAddr, Arc<Mutex<Self>>) {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let address = socket.local_addr().unwrap();
        let zone = Arc::new(Mutex::new(self));
        let shared = Arc::clone(&zone);
        std::thread::spawn(move || {
            let mut buffer = [0; 4_096];
            while let Ok((count, client)) = socket.recv_from(&mut buffer) {
                let question = Message::from_vec(&buffer[..count]).unwrap();
                let answer = shared.lock().unwrap().answer(&question);
                socket.send_to(&answer.to_vec().unwrap(), client).unwrap();
            }
        });
        (address, zone)
    }

    fn answer(&self, question: &Message) -> Message {
        let mut answer = Message::response(question.metadata.id, question.metadata.op_code);
        assert_eq!(question.metadata.message_type, MessageType::Query);
        answer.metadata.recursion_available = true;
        let query = &question.queries[0];
        answer.add_query(query.clone());
        if self.broken.contains(&query.name) {
            answer.metadata.response_code = ResponseCode::ServFail;
            return answer;
        }
        let known = self.records.iter().filter(|(name, _)| *name == query.name);
        if known.clone().count() == 0 {
            answer.metadata.response_code = ResponseCode::NXDomain;
        }
        for (name, data) in known.filter(|(_, data)| data.record_type() == query.query_type) {
            answer.add_answer(Record::from_rdata(name.clone(), 0, data.clone()));
        }
        answer
    }
}
