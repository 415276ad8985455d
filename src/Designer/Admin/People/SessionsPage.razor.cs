using Microsoft.AspNetCore.Components;
using MudBlazor;
using ServiceLoop.Designer.Lists;
using ServiceLoop.Identity.Entrance;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Designer.Admin.People;

/// <summary>Who is signed in, from where, since when; sessions are ended here, at once.</summary>
public sealed partial class SessionsPage
{
    private IReadOnlyList<SessionView> rows = [];
    private bool mayEndOthers;
    private string self = "";

    /// <summary>Id of a person; empty: of all that one sees.</summary>
    [SupplyParameterFromQuery(Name = "person")]
    public string? PersonText { get; set; }

    [Inject]
    private Sessions Sessions { get; set; } = null!;

    [Inject]
    private IAccess Access { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    /// <inheritdoc />
    protected override TimeSpan? Rhythm => TimeSpan.FromSeconds(15);

    private Guid? Whose => Guid.TryParse(PersonText, out var id) ? id : null;

    private string? WhoseName => rows.Count > 0 ? rows[0].DisplayName : null;

    /// <inheritdoc />
    protected override async Task LoadAsync(CancellationToken ct)
    {
        (mayEndOthers, self) = (Access.Actor.May(Permissions.SessionsEnd), Access.Actor.Id);
        rows = await Sessions.ListAsync(Whose, ct);
    }

    private bool MayEnd(SessionView session) => mayEndOthers || session.PersonId.ToString() == self;

    private Task EndAsync(SessionView session) => DoAsync(ct => Sessions.EndAsync(session.Id, ct), T["DidEnd", session.DisplayName]);

    private async Task EndAllAsync(Guid person)
    {
        if (await Dialogs.AskAsync(T["EndAll"], T["ActEndSessionsText", WhoseName ?? ""], T["EndAll"]) is not null)
            await DoAsync(ct => Sessions.EndAllAsync(person, ct), T["DidEnd", WhoseName ?? ""]);
    }
}
