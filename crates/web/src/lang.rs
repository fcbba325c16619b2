//! Every word that pages say, in both languages, in one table; and which language a visitor gets.
//! Labels of a case's values are not here: `case` has them.

use case::Lang;

/// Declares the words: name, Japanese, English, and where a number stands before it the English of one.
macro_rules! words {
    ($words:ident; $($name:ident $ja:literal $en:literal $(/ $one:literal)?)+) => {
        /// A word or sentence of the pages.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum $words { $($name,)+ }

        impl $words {
            /// In a language.
            pub(crate) const fn of(self, lang: Lang) -> &'static str {
                match (self, lang) {
                    $((Self::$name, Lang::Ja) => $ja, (Self::$name, Lang::En) => $en,)+
                }
            }

            /// As it stands after a number.
            pub(crate) const fn after(self, number: u64, lang: Lang) -> &'static str {
                match (self, number, lang) {
                    $($((Self::$name, 1, Lang::En) => $one,)?)+
                    _ => self.of(lang),
                }
            }
        }

        #[cfg(test)]
        pub(super) const ALL: &[$words] = &[$($words::$name),+];
    };
}

pub(crate) mod live;

words! { Word;
    // Around every page
    Name "事件簿" "jikenbo"
    Skip "本文へ移動" "Skip to content"
    Navigation "ページ" "Pages"
    Book "事件一覧" "Cases"
    Timeline "年表" "Timeline"
    Statistics "統計" "Statistics"
    Replays "再現" "Replays"
    Add "追加" "Add"
    SignIn "ログイン" "Sign in"
    SignOut "ログアウト" "Sign out"
    FootCites "どの事実も、それを述べている原文の箇所に結びついています。" "Every fact leads to the words that say it."
    // The book
    Search "検索" "Search"
    SearchHint "組織名、本文の語句、category:ransomware など" "organisation, words of the text, category:ransomware …"
    QueryHelp "検索の書き方" "How to search"
    HelpAll "両方の語を含む" "contains both words"
    HelpPhrase "語句をそのまま含む" "contains the phrase as it stands"
    HelpNot "含まない" "does not contain"
    HelpFilter "分類で絞り込む" "of a category"
    HelpData "データの種類と再発防止策" "with a kind of data and a measure"
    HelpDates "公表日の範囲" "disclosed in a span of time"
    HelpCount "影響の規模" "number affected"
    HelpHas "原文に矛盾があるもの" "whose text contradicts itself"
    Facets "絞り込み" "Filters"
    TakeAway "外す" "Remove"
    CasesFound "件の事件" "cases" / "case"
    Keys "（j・k で移動、Enter で開く、/ で検索）" "(j and k move, Enter opens, / searches)"
    EmptyBook "まだ事件がありません。" "There are no cases yet."
    NothingFound "該当する事件はありません。" "No case matches."
    ShowAll "すべて表示" "Show all"
    Number "番号" "Number"
    Unnamed "（組織名の記載なし）" "(organisation not named)"
    Reports "報告" "reports"
    Corrections "訂正" "Corrections"
    Contradictions "原文の矛盾" "Contradictions in the text"
    Pages "結果のページ" "Pages of results"
    Previous "前へ" "Previous"
    Next "次へ" "Next"
    Export "書き出し" "Export"
    TooManyInBundle "STIX で一度に書き出せるのは 2,000 件までです。検索で絞り込んでください。" "STIX takes at most 2,000 cases at once: narrow the search."
    // Replays
    ReplaysHelp "事件をもう一度起こします。本物の統制を通した結果と、統制を外した結果を並べます。統制を外しても事故が起きないなら、その再現は何も示しません。" "Each case is made to happen again: with the real control, and without it. Where it does not happen without the control either, the replay shows nothing."
    ReplayNone "まだ再現した事件がありません。" "No case has been replayed yet."
    ReplayAll "すべての事件を再現する" "Replay every case"
    ReplayOne "この事件を再現する" "Replay this case"
    ReplayAgain "もう一度再現する" "Replay again"
    ReplayRuns "再現しています" "Replaying"
    ReplayReload "更新" "Reload"
    ReplayCase "事件" "Case"
    ReplayOutcome "結果" "Outcome"
    ReplayThen "統制なし(当時)" "Without (then)"
    ReplayNow "統制あり(今)" "With (now)"
    ReplayNoticed "気づくまで" "Noticed after"
    ReplayControl "統制" "Control"
    ReplayMutants "変異体" "Mutants"
    ReplayMeasures "文書が挙げる対策" "Measures announced"
    ReplayKnown "文書の記載" "Said by the case"
    ReplayAssumed "仮定" "Assumed"
    ReplayCounted "数えたもの" "Counted"
    ReplayFound "統制の検知" "Found by the control"
    ReplayAsked "確認を求められた人" "Who was asked"
    ReplayAt "再現した時刻" "Replayed at"
    ReplayPolicy "ポリシー" "Policy"
    ReplayDefault "既定" "default"
    ReplayNext "次に再現するときのポリシー" "Policy of the next replays"
    ReplayStopsIt "これで止まる:" "This would stop it:"
    ReplayNoChange "検査の設定だけでは止まらない" "No setting of the checks stops it"
    ReplayDrills "訓練" "Drills"
    ReplayOpenedAfter "開封まで" "opened after"
    ReplayAnsweredAfter "回答まで" "answered after"
    ReplayRecurred "再発(あるべき姿)" "recurred, as it must"
    ReplaySurvived "再発せず" "did not recur"
    // A case
    Facts "事実" "Facts"
    NotSaid "記載なし" "not said"
    SourceText "原文" "Source text"
    NoSource "この事件には原文がありません。" "This case has no source text."
    Original "原本" "original"
    CourseToScale "経緯（時間の縮尺どおり）" "Course of events, to scale"
    Revisions "続報による変化" "What later reports changed"
    NothingChanged "変わった事実はありません。" "No fact changed."
    Field "項目" "Field"
    Before "変更前" "Before"
    After "変更後" "After"
    SaidBy "訂正:" "corrected by"
    Withdrawn "取消" "withdrawn by"
    Withdraw "訂正を取り消す" "Withdraw the correction"
    Alike "似た事件" "Similar cases"
    AlikeAsk "似た事件と、その後の経過を見る" "Show similar cases and what came of them"
    AlikeNone "似た事件は見つかりませんでした。" "No similar case was found."
    AlikeOutlook "似た事件のその後" "What came of them"
    ToRecovery "復旧まで" "to recovery"
    Ledger "台帳の記録" "Entries of the ledger"
    At "日時（UTC）" "Time (UTC)"
    Who "誰が" "Who"
    What "何を" "What"
    LeafHash "ハッシュ" "Hash"
    MergedInto "この報告は {} の続報と判断されました。" "This report was found to belong to {}."
    Proposal "同じ事件の続報かもしれません" "This may be a later report of the same case"
    SameCase "同じ事件" "Same case"
    OtherCase "別の事件" "Another case"
    CompareWith "比べる" "Compare"
    FinalReport "最終報" "final report"
    FurtherReport "続報" "further report"
    SourceAdded "原文を追加" "source added"
    SourceReread "原文を再読" "source read again"
    CaseOpened "事件を起票" "case opened"
    CaseImported "事件を取込み" "case imported"
    FactCorrected "事実を訂正" "fact corrected"
    CorrectionWithdrawn "訂正を取消" "correction withdrawn"
    ProposalDecided "続報かを判断" "proposal decided"
    // Adding and correcting
    AddHelp "公表文を読み取り、事実とその根拠となる箇所を示します。確かめて、直してから保存できます。" "A disclosure is read into facts and the words that say them. Look at the reading and correct it before it is kept."
    PasteText "公表文を貼り付ける" "Paste a disclosure"
    OrFile "またはファイルを選ぶ・ここに落とす" "or choose or drop a file"
    FileKinds "テキスト、HTML、PDF、メール、フィード" "text, HTML, PDF, mail, feeds"
    ReadIt "読み取る" "Read"
    Reading "読み取りの結果" "The reading"
    CasesRead "件の事件を読み取りました" "cases read" / "case read"
    NoCases "事件は読み取れませんでした。" "No case was read."
    MoreCases "残りの事件は読み取ったとおりに保存されます。" "The other cases are kept as they were read."
    Keep "保存する" "Keep"
    Discard "やめる" "Discard"
    WhyCorrected "直した理由" "Why corrected"
    WhyHint "直した場合のみ" "only if something was corrected"
    Correct "訂正" "Correct"
    Now "現在の値" "Now"
    Why "理由" "Why"
    WhyHelp "誰が・なぜ訂正したかは台帳に残り、元の値も表示され続けます。" "Who corrected it and why stays in the ledger, and the old value stays visible."
    Cancel "戻る" "Cancel"
    EmptyRowsGo "空の行は保存されません。行を消すには中身を空にしてください。" "Empty rows are not kept. To remove a row, empty it."
    OpenByHand "原文のない事件を起票する" "Open a case without a source"
    OpenCase "起票する" "Open"
    WhyOpened "どこから知ったか" "How this is known"
    From "から" "from"
    To "まで" "to"
    Approximate "約・頃" "approximate"
    Ongoing "継続中" "ongoing"
    ReportNumber "第何報" "number of the report"
    ColumnValue "値" "value"
    ColumnUnit "単位" "unit"
    ColumnWhat "何の" "what"
    ColumnRole "立場" "role"
    ColumnBound "範囲" "bound"
    ColumnType "種類" "type"
    ColumnText "文" "words"
    ColumnStatus "状態" "status"
    ColumnDone "済" "done"
    ColumnTotal "全体" "total"
    ColumnWhen "日時" "when"
    // Statistics
    StatisticsOf "この検索に当てはまる事件だけを数える" "count only the cases that match this search"
    Show "表示" "Show"
    CasesCounted "件の事件を集計" "cases counted" / "case counted"
    Cases "件数" "Cases"
    AsTable "表で見る" "As a table"
    NoFigures "数えるものがありません。" "There is nothing to count."
    AboutCharts "棒を選ぶと、その事件の一覧を開きます。" "Each bar leads to its cases."
    NumberGiven "原文の数" "Number in the text"
    Sum "合計" "Sum"
    Median "中央値" "Median"
    Largest "最大" "Largest"
    Columns "ほかにコラム" "and columns:"
    AffectedAbout "事件ごとに最も大きい数を一つ数えます。記載のない事件は 0 ではなく「記載なし」です。" "One number a case, the largest given. A case without a number is not counted as zero."
    // Outgoing mail
    Mail "メール" "Mail"
    MailWaiting "保留中のメール" "Mail that waits"
    MailSent "送信の記録" "Sent mail"
    MailDecisions "判断の記録" "Decisions"
    MailSignIn "メールの確認" "Your mail"
    MailSignInHelp "組織のメールアドレスを入れてください。一度だけ使えるリンクをお送りします。" "Type your address in the organisation. You are sent a link that is good once."
    MailAddress "メールアドレス" "Mail address"
    MailSendLink "リンクを送る" "Send the link"
    MailLinkSent "組織のアドレスであれば、リンクをお送りしました。1時間以内に開いてください。" "If the address is of the organisation, a link is on its way. It is good for an hour."
    MailNoAddress "メールアドレスの形ではありません。" "That is no mail address."
    MailLinkSpent "このリンクはもう使えません。新しいリンクをお送りします。" "This link is not good any more. Ask for a new one."
    MailConfirm "あなたのアドレスですか" "Is this your address?"
    MailConfirmHelp "「続ける」を押すまでは、何も起こりません。" "Nothing happens before you go on."
    MailGoOn "続ける" "Go on"
    MailToApprove "承認を求められているメール" "Waiting for your approval"
    MailOwn "自分が送ったメール" "Your own mail"
    MailNothingToApprove "承認を求められているメールはありません。" "Nothing waits for your approval."
    MailNothingWaits "保留中のメールはありません。" "None of your mail waits."
    MailNoSubject "（件名なし）" "(no subject)"
    MailWaitsWindow "取り消せる時間" "Can still be cancelled"
    MailWaitsSender "送信者の確認待ち" "Waits for its sender"
    MailWaitsApprover "承認待ち" "Waits for approval"
    MailGoesAt "送信時刻" "goes out at"
    MailBackAt "返事がなければ差出人に戻る時刻" "goes back to its sender at"
    MailOthersDecide "送るかどうかは、ほかの人が決めます。取り消すことはできます。" "Somebody else decides whether it goes out. You can cancel it."
    MailFindings "このまま送ると起こること" "What would happen"
    MailNoted "記録だけの指摘" "Noted only"
    MailRecipients "宛先" "Recipients"
    MailFrom "差出人" "From"
    MailSubject "件名" "Subject"
    MailAt "日時" "Time"
    MailState "状態" "State"
    MailContent "メールの内容（文字だけを表示しています）" "The mail, as text only"
    MailFiles "添付ファイル" "Files"
    MailCut "本文が長いため、ここまでを表示しています。" "The text is longer than what is shown."
    MailPeopleIn "人分の個人情報" "people's data" / "person's data"
    MailFileClosed "中を確かめられません" "cannot be looked into"
    MailUnreadable "このメールは形が壊れていて、表示できません。" "This mail is malformed and cannot be shown."
    MailCancel "取り消す" "Cancel it"
    MailCopies "一人ずつ別々に送る" "Send individual copies"
    MailLetGo "このまま送る" "Send as it is"
    MailLetGoCopies "一人ずつ別々に送る（決定どおり）" "Send, as individual copies"
    MailDoneCancelled "取り消しました。差出人に知らせます。" "Cancelled. Its sender is told."
    MailDoneLetGo "送りました。" "Sent."
    MailDoneCopies "一人ずつ別々に送りました。" "Sent as individual copies."
    MailNotHeld "このメールはもう保留されていません。" "This mail does not wait any more."
    MailOwnMail "自分のメールを自分で承認することはできません。" "Nobody approves their own mail."
    MailSearchHint "宛先、件名、ファイル名、指摘の語句" "recipient, subject, file name, finding"
    MailOnlyOwn "自分が送ったメールだけを表示しています。" "Only your own mail is shown."
    MailNothingFound "該当するメールはありません。" "No mail matches."
    MailOlder "これより前" "Older"
    MailAny "すべて" "all"
    MailFlagged "指摘あり" "something found"
    MailAsked "確認を求めた" "somebody was asked"
    MailUnderWay "処理中" "under way"
    MailDelivered "届いた" "delivered"
    MailPartly "一部に届いた" "partly delivered"
    MailFailed "届かなかった" "failed"
    MailCancelled "取り消した" "cancelled"
    MailGivenBack "返事がなく差し戻した" "given back unanswered"
    MailRefused "拒否した" "refused"
    MailEndUnknown "不明" "unknown"
    MailOpened "最初に見た人" "First looked at by"
    MailDecided "決めた人" "Decided by"
    MailDecisionsHelp "確認が形だけになっていないかを見ます。「見ずに」は、表示から5秒以内、または表示せずに送ると決めたものです。" "Shows whether questions have become noise. Unread: let go within five seconds of being shown, or without being shown."
    MailNothingAsked "まだ確認を求めたメールはありません。" "Nobody was asked about any mail yet."
    MailLinks "添付をリンクにして送る" "Send files as links"
    MailLetGoLinks "添付をリンクにして送る（決定どおり）" "Send, files as links"
    MailLetGoBoth "一人ずつ別々に、添付をリンクにして送る（決定どおり）" "Send, as individual copies with files as links"
    MailDoneLinks "添付をリンクにして送りました。" "Sent, with links in the place of its files."
    MailNoLinks "このメールの添付はリンクにできません。" "The files of this mail cannot go as links."
    // Files that are given out by link
    FilesByLink "リンクで渡したファイル" "Files given out by link"
    FilesNotFetched "まだ誰も受け取っていません" "nobody has fetched it"
    FilesFetchedBy "受け取った人と日時" "Fetched by, and when"
    FilesWithdraw "取り下げる" "Withdraw"
    FilesWithdrawAsk "ファイルを取り下げますか" "Withdraw these files?"
    FilesWithdrawHelp "取り下げると、誰も受け取れなくなります。元には戻せません。すでに受け取った人の手元には残ります。" "Nobody can fetch them afterwards. It cannot be undone. Who has fetched them keeps them."
    FilesWithdrawnBy "取り下げた人" "Withdrawn by"
    FilesUntil "期限" "Until"
    FilesTitle "ファイルの受け取り" "Files for you"
    FilesAsk "メールが届いたアドレスを入れてください。確認の番号を、そのアドレスにお送りします。" "Type the address that the mail came to. A code is sent to it."
    FilesSendCode "番号を送る" "Send the code"
    FilesCodeSent "メールの宛先のアドレスであれば、8桁の番号をお送りしました。10分以内に入れてください。" "If the mail went to this address, a code of eight digits is on its way. It is good for ten minutes."
    FilesCode "8桁の番号" "Code of eight digits"
    FilesCodeWrong "番号が違うか、もう使えません。5回まちがえると、その番号は使えなくなります。" "The code is wrong, or not good any more. Five wrong ones end it."
    FilesAgain "番号をもう一度送る" "Ask for another code"
    FilesOpen "受け取る" "Go on"
    FilesRecorded "1時間、ここから保存できます。受け取った日時とアドレスは送った側に記録されます。" "They can be saved from here for an hour. Who fetches them and when is recorded for the sender."
    FilesSave "保存" "Save"
    FilesExpired "期限が過ぎたため、ファイルは削除されました。" "The files have expired and were deleted."
    FilesWithdrawn "送った側が取り下げたため、ファイルは削除されました。" "The files were withdrawn by those who sent them, and deleted."
    MailMonth "月" "Month"
    MailLetGoCount "送った" "let go"
    MailSilent "返事なし" "no answer"
    MailUnread "見ずに送った" "unread"
    MailWaitHalf "待ち時間（半数）" "wait, half within"
    MailWaitMost "待ち時間（9割）" "wait, nine in ten within"
    // After a mail went wrong
    RecallAsk "誤送信として対応する" "It went wrong: ask for deletion"
    RecallHelp "受け取った人だけに、一人ずつ別々のメールで削除をお願いします。事件簿に事件を起票し、送信・発覚・削除依頼の時刻を書き込みます。まだ届いていない分は止めます。" "Those who got it, and nobody else, are each asked to delete it in a mail of their own. A case is opened in the book with the times. What is still on its way is stopped."
    RecallNoticed "気付いた日時（日本時間）" "Noticed (Japan time)"
    RecallText "お願いの文面" "Text of the request"
    RecallSend "削除をお願いする" "Send the requests"
    RecallWhenWrong "気付いた日時が、送信より前か、これから先の時刻です。" "That is no time, or one before the mail or to come."
    RecallEmpty "件名と文面を入れてください。" "A subject and a text are needed."
    RecallNobody "このメールは誰にも届いていません。" "Nobody got this mail."
    RecallDone "誤送信への対応" "What was done about it"
    RecallAsked "削除を依頼" "Deletion asked"
    RecallResent "正しい宛先への再送" "Sent again to whom it was meant for"
    RecallResentNow "送り直した" "It was sent again"
    RecallCase "事件簿の番号" "Case in the book"
    RecallDeleted "削除の確認" "Deleted"
    RecallNote "返事をもらった" "They answered"
    DeletedAsk "メールの削除のお願い" "Please delete a mail"
    DeletedHelp "誤ってお送りしたメールを、写しも含めて削除されましたか。" "Have you deleted the mail that was sent to you by mistake, with all copies?"
    DeletedYes "削除しました" "I have deleted it"
    DeletedThanks "お知らせくださり、ありがとうございました。" "Thank you for telling us."
    // Timeline
    LaneData "データの漏えい・紛失" "Data"
    LaneService "サービスの停止" "Service"
    LaneIntrusion "侵入・改ざん" "Intrusion"
    StateConfirmed "確認済み" "confirmed"
    StatePossible "可能性あり" "possible"
    StateInvestigating "調査中・記載なし" "under investigation or not said"
    StateDenied "確認されていない・否定" "not confirmed or denied"
    Legend "凡例" "Legend"
    Earlier "前の期間へ" "Earlier"
    Later "後の期間へ" "Later"
    ZoomIn "拡大" "Zoom in"
    ZoomOut "縮小" "Zoom out"
    TimelineHelp "ドラッグ・ホイール・ピンチで移動と拡大。キー操作: ← → 移動、＋ − 拡大縮小、Home すべて、Tab で下の事件一覧へ。" "Drag, wheel or pinch to move and zoom. Keys: ← → move, + − zoom, Home shows all, Tab goes to the cases below."
    CasesHere "表示中の事件" "Cases in view"
    Latest "最近公表された事件" "Cases disclosed last"
    // SQL
    SqlHelp "読み取り専用の SQL で事件簿に問い合わせます。表は下の一覧のとおりです。" "Read-only SQL over the views listed below."
    Sql "SQL 検索" "SQL"
    Query "問い合わせ" "Query"
    Run "実行" "Run"
    Rows "行" "rows" / "row"
    Truncated "途中まで" "cut short"
    Views "表の一覧" "Views"
    Examples "例" "Examples"
    // Compare
    Compare "並べて比べる" "Compare"
    AddToComparison "比べる事件の番号" "Number of a case to compare"
    CompareHelp "事件の番号を入れると、横に並べて違いを示します。" "Enter the numbers of cases to see them side by side."
    // Accounts
    Account "アカウント" "Account"
    Accounts "アカウントの一覧" "Accounts"
    AccountName "アカウント名" "Account name"
    Password "パスワード" "Password"
    PasswordAgain "パスワード（確認）" "Password again"
    PasswordHelp "10 文字以上。長い文にすると強くなります。" "At least 10 characters. A long sentence is strong."
    OldPassword "現在のパスワード" "Current password"
    NewPassword "新しいパスワード" "New password"
    ChangePassword "パスワードを変える" "Change password"
    MakeAccount "アカウントを作る" "Make an account"
    YourRole "権限" "Role"
    Role "権限" "Role"
    RoleReader "閲覧者" "reader"
    RoleEditor "編集者" "editor"
    RoleAdministrator "管理者" "administrator"
    Active "有効" "active"
    Change "変更" "Change"
    Since "作成日" "Since"
    Invite "招待の URL を作る" "Make an invitation link"
    Sessions "ログイン中の端末" "Signed in at"
    ThisOne "この端末" "this one"
    SignOutEverywhere "すべての端末からログアウト" "Sign out everywhere"
    Tokens "API トークン" "API tokens"
    TokensHelp "read は閲覧、write は追加と訂正ができます。トークンは作成時に一度だけ表示されます。" "read may read, write may add and correct. A token is shown once, when it is made."
    TokenName "名前" "Name"
    MakeToken "トークンを作る" "Make a token"
    LastUsed "最終使用" "last used"
    Revoke "無効にする" "Revoke"
    ShownOnce "これは一度だけ表示されます。今のうちに控えてください。" "This is shown once. Keep it now."
    SignInWrong "アカウント名かパスワードが違います。" "The account name or the password is wrong."
    NameTaken "そのアカウント名は使えません。" "That account name cannot be used."
    PasswordShort "パスワードが短すぎます。" "The password is too short."
    PasswordDiffers "二つのパスワードが一致しません。" "The two passwords differ."
    PasswordChanged "パスワードを変えました。ほかの端末からはログアウトしました。" "The password was changed, and you were signed out elsewhere."
    LastAdministrator "最後の管理者の権限は外せません。" "The last administrator must stay one."
    Changed "変更しました。" "Changed."
    // What goes wrong
    NotFound "ページが見つかりません" "There is no such page"
    MustSignIn "ログインが必要です" "You must sign in"
    Forbidden "この操作の権限がありません" "You may not do this"
    Forged "フォームの有効期限が切れました。ページを開き直してください。" "The form is no longer valid. Open the page again."
    WrongRequest "内容を確かめてください" "Something in the request is wrong"
    TooLarge "大きすぎます" "That is too large"
    TooMany "回数が多すぎます。しばらく待ってからお試しください。" "Too many attempts. Wait a little and try again."
    TooLong "時間がかかりすぎました" "That took too long"
    WrongHost "このサーバーの宛先ではありません" "This server does not answer to that name"
    WrongMethod "この方法では開けません" "That method is not taken here"
    Full "ただいま混み合っています" "The server is busy"
    Internal "サーバー内部で問題が起きました" "Something went wrong on the server"
    ToTheBook "事件一覧へ" "To the cases"
    NoReason "理由を書いてください。" "Give a reason."
    NothingToRead "公表文を貼り付けるか、ファイルを選んでください。" "Paste a disclosure or choose a file."
    DraftGone "読み取りの結果は期限切れです。もう一度追加してください。" "The reading has expired. Add the disclosure again."
    Known "この原文はすでに保存されています。" "This source was kept before."
    Kept "保存しました。" "Kept."
}

impl Word {
    /// What kind of change an entry of the ledger is.
    pub(crate) fn entry(what: &str) -> Option<Self> {
        Some(match what {
            "source_added" => Self::SourceAdded,
            "source_reread" => Self::SourceReread,
            "case_opened" => Self::CaseOpened,
            "case_imported" => Self::CaseImported,
            "fact_corrected" => Self::FactCorrected,
            "correction_withdrawn" => Self::CorrectionWithdrawn,
            "proposal_decided" => Self::ProposalDecided,
            _ => return None,
        })
    }

    /// The heading of a column of a field that is a list of records.
    pub(crate) fn column(name: &str) -> Self {
        match name {
            "unit" => Self::ColumnUnit,
            "what" => Self::ColumnWhat,
            "role" => Self::ColumnRole,
            "bound" => Self::ColumnBound,
            "type" | "kind" | "code" => Self::ColumnType,
            "text" | "message" => Self::ColumnText,
            "status" => Self::ColumnStatus,
            "done" => Self::ColumnDone,
            "total" => Self::ColumnTotal,
            "at" => Self::ColumnWhen,
            "approx" => Self::Approximate,
            _ => Self::ColumnValue,
        }
    }
}

/// The language of a visitor: what was chosen here before, else the first that the browser asks
/// for and that there is, else Japanese.
pub(crate) fn of_visitor(chosen: Option<&str>, accept_language: Option<&str>) -> Lang {
    if let Some(lang) = chosen.and_then(named) {
        return lang;
    }
    let mut wanted: Vec<(u16, Lang)> = accept_language
        .unwrap_or_default()
        .split(',')
        .take(20)
        .filter_map(|part| {
            let (tag, quality) = part.split_once(";q=").unwrap_or((part, "1"));
            let primary = tag.trim().split('-').next().unwrap_or_default();
            Some((thousandths(quality.trim()), named(&primary.to_ascii_lowercase())?))
        })
        .filter(|(quality, _)| *quality > 0)
        .collect();
    // Stable: of two that are wanted alike, the first named.
    wanted.sort_by_key(|(quality, _)| std::cmp::Reverse(*quality));
    wanted.first().map_or(Lang::Ja, |(_, lang)| *lang)
}

/// The language of that name.
pub(crate) fn named(name: &str) -> Option<Lang> {
    match name {
        "ja" => Some(Lang::Ja),
        "en" => Some(Lang::En),
        _ => None,
    }
}

/// `0.85` is 850; what is no quality is 0.
fn thousandths(quality: &str) -> u16 {
    let (whole, part) = quality.split_once('.').unwrap_or((quality, ""));
    let part = format!("{part:0<3}");
    match (whole, part.get(..3).and_then(|part| part.parse::<u16>().ok())) {
        ("1", _) => 1_000,
        ("0", Some(part)) => part,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_visitor_chooses_the_language() {
        for (chosen, accept, expected) in [
            (None, None, Lang::Ja),
            (None, Some("en-GB,en;q=0.9"), Lang::En),
            (None, Some("de, ja;q=0.3, en;q=0.7"), Lang::En),
            (None, Some("fr"), Lang::Ja),
            (None, Some("en;q=0, ja"), Lang::Ja),
            (Some("ja"), Some("en"), Lang::Ja),
            (Some("tlh"), Some("en"), Lang::En),
        ] {
            assert_eq!(of_visitor(chosen, accept), expected, "{chosen:?} {accept:?}");
        }
    }

    #[test]
    fn words_are_of_their_language() {
        let japanese = |s: &str| s.chars().any(|c| c as u32 >= 0x3000);
        let words = ALL.iter().map(|word| (word.of(Lang::Ja), word.of(Lang::En)));
        let live = live::ALL.iter().map(|word| (word.of(Lang::Ja), word.of(Lang::En)));
        for (ja, en) in words.chain(live) {
            assert!(japanese(ja), "{ja}");
            assert!(!japanese(en), "{en}");
        }
    }

    #[test]
    fn one_is_no_plural() {
        let told = |number| Word::CasesFound.after(number, Lang::En);
        assert_eq!([0, 1, 2].map(told), ["cases", "case", "cases"]);
        assert_eq!(Word::CasesFound.after(1, Lang::Ja), Word::CasesFound.after(2, Lang::Ja));
    }
}
