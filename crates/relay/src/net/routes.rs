//! The ways on, made ready when the relay starts: certificates and passwords read, so that what is wrong
//! with them is told at once. It does not know mails.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use tokio_rustls::TlsConnector;

use super::{NetError, tls};
use crate::Domain;
use crate::client::Account;
use crate::session::Password;
use crate::settings::{DeliverTls, Delivery, NextHop, Route, RouteLogin};

/// One way on.
pub(super) struct Way {
    /// Ways are told apart by it.
    number: usize,
    pub(super) to: NextHop,
    pub(super) tls: DeliverTls,
    pub(super) connector: TlsConnector,
    pub(super) login: Option<Account>,
}

/// Where a recipient's mail goes.
#[derive(Clone)]
pub(super) struct Destination {
    pub(super) way: Arc<Way>,
    /// The recipient's domain, where it decides which server it is.
    pub(super) domain: Option<Domain>,
}

/// Equal for destinations that one connection serves.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct DestinationKey(usize, Option<String>);

impl Destination {
    pub(super) fn key(&self) -> DestinationKey {
        let domain = self.domain.as_ref().map(|domain| domain.key().to_owned());
        DestinationKey(self.way.number, domain)
    }
}

/// All ways on.
pub(super) struct Routes {
    default: Arc<Way>,
    of: BTreeMap<String, Arc<Way>>,
}

impl Routes {
    pub(super) fn of(settings: &Delivery) -> Result<Self, NetError> {
        let routes = settings.routes.iter().zip(1..);
        let routes = routes.map(|((domain, route), number)| {
            Ok((domain.clone(), Arc::new(Way::of(route, number)?)))
        });
        Ok(Self {
            default: Arc::new(Way::of(&settings.default, 0)?),
            of: routes.collect::<Result<_, NetError>>()?,
        })
    }

    /// Where mail for a domain goes.
    pub(super) fn to(&self, domain: &Domain) -> Destination {
        let way = Arc::clone(self.of.get(domain.key()).unwrap_or(&self.default));
        let domain = (way.to == NextHop::Mx).then(|| domain.clone());
        Destination { way, domain }
    }

    /// Whether some mail goes to servers of the recipients' domains.
    pub(super) fn have_mx(&self) -> bool {
        self.of.values().chain([&self.default]).any(|way| way.to == NextHop::Mx)
    }
}

impl Way {
    fn of(route: &Route, number: usize) -> Result<Self, NetError> {
        let authorities = route.authorities.as_ref().map(Path::new);
        let connector = if route.tls.is_verified() {
            tls::connector_to_known(authorities)?
        } else {
            tls::connector_to_anybody()
        };
        let login = route.login.as_ref().map(account).transpose()?;
        Ok(Self { number, to: route.to.clone(), tls: route.tls, connector, login })
    }
}

fn account(login: &RouteLogin) -> Result<Account, NetError> {
    let wrong = |because| NetError::Password { path: login.password_file.clone().into(), because };
    let written = fs::read_to_string(&login.password_file).map_err(wrong)?;
    let password = written.lines().next().unwrap_or_default();
    if password.is_empty() {
        return Err(wrong(std::io::ErrorKind::UnexpectedEof.into()));
    }
    let name = login.name.clone();
    Ok(Account { name, password: Password::new(password), may_be_overheard: false })
}
