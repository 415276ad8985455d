using Microsoft.AspNetCore.Components;
using MudBlazor;
using ServiceLoop.Designer.Lists;
using ServiceLoop.Identity;
using ServiceLoop.Identity.Entrance;
using ServiceLoop.Identity.Users;

namespace ServiceLoop.Designer.OwnAccount;

/// <summary>What people see to themselves: password, second factor, their sessions.</summary>
public sealed partial class AccountPage
{
    private PersonView? self;
    private IReadOnlyList<SessionView> sessions = [];

    [Inject]
    private Account Account { get; set; } = null!;

    [Inject]
    private Sessions Sessions { get; set; } = null!;

    [Inject]
    private PeopleOptions Options { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    /// <inheritdoc />
    protected override async Task LoadAsync(CancellationToken ct)
    {
        self = await Account.FindAsync(ct);
        sessions = await Sessions.ListAsync(self.Id, ct);
    }

    private static string Joined(IEnumerable<string> names) => string.Join(", ", names.DefaultIfEmpty("–"));

    private Task EndAsync(SessionView session) => DoAsync(ct => Sessions.EndAsync(session.Id, ct), T["DidEnd"]);

    private async Task EndOthersAsync()
    {
        if (await Dialogs.AskAsync(T["EndOthers"], T["EndOthersText"], T["EndOthers"]) is not null)
            await DoAsync(ct => Sessions.EndAllAsync(self!.Id, ct), T["DidEndOthers"]);
    }
}
