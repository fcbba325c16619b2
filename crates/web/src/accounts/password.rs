//! Passwords: argon2id with the parameters that OWASP names as the least (19 MiB, two passes). It
//! does not know whose they are.

use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use crate::failure::Failure;

/// How many passwords are hashed at once; each takes the memory of its parameters.
const AT_ONCE: usize = 2;
/// How many sign-ins may wait for that.
const WAITING: usize = 32;

/// Hashes and checks passwords, a few at a time.
#[derive(Debug)]
pub(crate) struct Hasher {
    params: Params,
    turns: Semaphore,
    waiting: Semaphore,
    /// The hash of a password that nobody has: checked where there is no such account, so that it
    /// takes as long.
    nobody: String,
}

impl Hasher {
    /// The parameters for use.
    pub(crate) fn strong() -> Result<Self, Failure> {
        Self::with(Params::new(19 * 1_024, 2, 1, None))
    }

    /// Parameters for tests of what is around it.
    #[cfg(test)]
    pub(crate) fn weak() -> Result<Self, Failure> {
        Self::with(Params::new(8, 1, 1, None))
    }

    fn with(params: Result<Params, argon2::Error>) -> Result<Self, Failure> {
        let params = params.map_err(|e| Failure::internal(&e))?;
        let nobody = hashed(&params, &crate::secret::fresh()?)?;
        Ok(Self {
            params,
            turns: Semaphore::new(AT_ONCE),
            waiting: Semaphore::new(WAITING),
            nobody,
        })
    }

    /// The hash to keep.
    pub(crate) async fn hash(&self, password: String) -> Result<String, Failure> {
        let params = self.params.clone();
        self.turn(move || hashed(&params, &password)).await
    }

    /// Whether the password is the one of that hash. `None` is checked against nobody's.
    pub(crate) async fn fits(
        &self,
        password: String,
        hash: Option<String>,
    ) -> Result<bool, Failure> {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.nobody.clone());
        let fits = move || {
            let parsed = PasswordHash::new(&hash).map_err(|e| Failure::internal(&e))?;
            Ok(Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
        };
        Ok(self.turn(fits).await? && known)
    }

    async fn turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let _place = self.waiting.try_acquire().map_err(|_| Failure::Full)?;
        let _turn = self.turns.acquire().await.map_err(|e| Failure::internal(&e))?;
        tokio::task::spawn_blocking(work).await.map_err(|e| Failure::internal(&e))?
    }
}

fn hashed(params: &Params, password: &str) -> Result<String, Failure> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(|e| Failure::internal(&e))?;
    let salt = SaltString::encode_b64(&salt).map_err(|e| Failure::internal(&e))?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
    let hash = argon2.hash_password(password.as_bytes(), &salt);
    hash.map(|hash| hash.to_string()).map_err(|e| Failure::internal(&e))
}
