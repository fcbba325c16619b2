//! What accounts must and must not allow.

use super::*;

fn accounts() -> (tempfile::TempDir, Accounts) {
    let dir = tempfile::tempdir().unwrap();
    let accounts = Accounts::open(dir.path(), Hasher::weak().unwrap()).unwrap();
    (dir, accounts)
}

const PASSWORD: &str = "とても長い合言葉です";

async fn first(accounts: &Accounts) -> (Account, String) {
    let code = accounts.first_invitation().unwrap().unwrap();
    accounts.take_up(&code, "mori", PASSWORD.to_owned(), "test").await.unwrap().unwrap()
}

#[tokio::test]
async fn the_first_link_makes_the_administrator_once() {
    let (_dir, accounts) = accounts();
    let void = accounts.first_invitation().unwrap().unwrap();
    let code = accounts.first_invitation().unwrap().unwrap();
    assert_eq!(accounts.invited(&void).unwrap(), None);
    for (name, password, refused) in
        [("<b>", PASSWORD, Refused::Name), ("mori", "kurz", Refused::Short)]
    {
        let made = accounts.take_up(&code, name, password.to_owned(), "").await.unwrap();
        assert_eq!(made.unwrap_err(), refused);
    }
    let made = accounts.take_up(&code, "mori", PASSWORD.to_owned(), "").await.unwrap();
    let (account, session) = made.unwrap();
    assert_eq!(account.role, Role::Administrator);
    assert_eq!(accounts.of_session(&session).unwrap(), Some(account));
    let again = accounts.take_up(&code, "hara", PASSWORD.to_owned(), "").await.unwrap();
    assert_eq!(again.unwrap_err(), Refused::NoInvitation);
    assert_eq!(accounts.first_invitation().unwrap(), None);
}

#[tokio::test]
async fn a_session_is_over_when_it_is_ended() {
    let (_dir, accounts) = accounts();
    let (account, one) = first(&accounts).await;
    let sign_in = || accounts.sign_in("MORI", PASSWORD.to_owned(), None, "b");
    let (_, two) = sign_in().await.unwrap().unwrap();
    let (_, three) = sign_in().await.unwrap().unwrap();
    accounts.sign_out(&one).unwrap();
    assert_eq!(accounts.of_session(&one).unwrap(), None);
    accounts.sign_out_everywhere(account.id, Some(&two)).unwrap();
    assert_eq!(accounts.of_session(&three).unwrap(), None);
    assert!(accounts.of_session(&two).unwrap().is_some());
    accounts.sign_out_everywhere(account.id, None).unwrap();
    assert_eq!(accounts.of_session(&two).unwrap(), None);
}

#[tokio::test]
async fn wrong_names_and_wrong_passwords_look_alike() {
    let (_dir, accounts) = accounts();
    first(&accounts).await;
    for (name, password) in [("mori", "falsch"), ("nobody", PASSWORD), ("", "")] {
        let answer = accounts.sign_in(name, password.to_owned(), None, "").await.unwrap();
        assert_eq!(answer, None, "{name}");
    }
    for _ in 0..8 {
        let _ = accounts.sign_in("nobody", "x".to_owned(), None, "").await;
    }
    let throttled = accounts.sign_in("nobody", "x".to_owned(), None, "").await;
    assert!(matches!(throttled, Err(Failure::TooMany(_))), "{throttled:?}");
}

#[tokio::test]
async fn secrets_are_not_in_the_file() {
    let (dir, accounts) = accounts();
    let (account, session) = first(&accounts).await;
    let token = accounts.make_token(&account, "t", Scopes { read: true, write: false }).unwrap();
    let code = accounts.invite(Role::Reader).unwrap();
    drop(accounts);
    let bytes = std::fs::read(dir.path().join("accounts.sqlite")).unwrap();
    for secret in [PASSWORD, &session, &token, &code] {
        let found = bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
        assert!(!found, "{secret}");
    }
}

#[tokio::test]
async fn a_token_does_what_its_scopes_and_its_account_allow() {
    let (_dir, accounts) = accounts();
    first(&accounts).await;
    let code = accounts.invite(Role::Reader).unwrap();
    let made = accounts.take_up(&code, "hara", PASSWORD.to_owned(), "").await.unwrap();
    let (reader, _) = made.unwrap();
    let all = Scopes { read: true, write: true };
    let token = accounts.make_token(&reader, "t", all).unwrap();
    let (account, scopes) = accounts.of_token(&token).unwrap().unwrap();
    assert_eq!((account.name.as_str(), scopes), ("hara", Scopes { read: true, write: false }));
    assert!(accounts.set_role(reader.id, Role::Editor, true).unwrap());
    assert_eq!(accounts.of_token(&token).unwrap().unwrap().1, all);
    assert!(accounts.set_role(reader.id, Role::Editor, false).unwrap());
    assert_eq!(accounts.of_token(&token).unwrap(), None);
    assert_eq!(accounts.of_token("jikenbo_").unwrap(), None);
}

#[tokio::test]
async fn the_last_administrator_stays() {
    let (_dir, accounts) = accounts();
    let (mori, _) = first(&accounts).await;
    assert!(!accounts.set_role(mori.id, Role::Editor, true).unwrap());
    assert!(!accounts.set_role(mori.id, Role::Administrator, false).unwrap());
}

#[tokio::test]
async fn a_new_password_ends_other_sessions() {
    let (_dir, accounts) = accounts();
    let (mori, here) = first(&accounts).await;
    let (_, there) =
        accounts.sign_in("mori", PASSWORD.to_owned(), None, "").await.unwrap().unwrap();
    let change = |old: &str, new: &str| {
        accounts.change_password(&mori, &here, old.to_owned(), new.to_owned())
    };
    assert_eq!(change("falsch", "another long one").await.unwrap(), None);
    assert_eq!(change(PASSWORD, "short").await.unwrap(), Some(false));
    assert_eq!(change(PASSWORD, "another long one").await.unwrap(), Some(true));
    assert_eq!(accounts.of_session(&there).unwrap(), None);
    assert!(accounts.of_session(&here).unwrap().is_some());
    assert!(
        accounts.sign_in("mori", "another long one".to_owned(), None, "").await.unwrap().is_some()
    );
}
