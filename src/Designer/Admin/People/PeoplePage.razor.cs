using System.Collections.Immutable;
using Microsoft.AspNetCore.Components;
using MudBlazor;
using ServiceLoop.Designer.Lists;
using ServiceLoop.Identity.Entrance;
using ServiceLoop.Identity.Rights;
using ServiceLoop.Identity.Users;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Designer.Admin.People;

/// <summary>Who there is, what they may do, whether they may come in.</summary>
public sealed partial class PeoplePage
{
    private const int PageSize = 50;

    private IReadOnlyList<PersonView> rows = [];
    private IReadOnlyList<RoleView> roles = [];
    private string? next;

    /// <summary>Part of a name, display name or e-mail.</summary>
    [SupplyParameterFromQuery(Name = "q")]
    public string? Search { get; set; }

    /// <summary>Name of a role.</summary>
    [SupplyParameterFromQuery(Name = "role")]
    public string? Role { get; set; }

    /// <summary>Name of a team.</summary>
    [SupplyParameterFromQuery(Name = "team")]
    public string? Team { get; set; }

    /// <summary>How they stand: a <see cref="PersonState"/>.</summary>
    [SupplyParameterFromQuery(Name = "state")]
    public string? StateText { get; set; }

    /// <summary>Name behind which the page begins.</summary>
    [SupplyParameterFromQuery(Name = "after")]
    public string? AfterText { get; set; }

    [Inject]
    private Identity.Users.People People { get; set; } = null!;

    [Inject]
    private Roles Roles { get; set; } = null!;

    [Inject]
    private Sessions Sessions { get; set; } = null!;

    [Inject]
    private IAccess Access { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    [Inject]
    private NavigationManager Address { get; set; } = null!;

    private string? After => Filled(AfterText);

    private bool IsFiltered => new[] { Search, Role, Team, StateText }.Any(f => Filled(f) is not null);

    /// <inheritdoc />
    protected override async Task LoadAsync(CancellationToken ct)
    {
        roles = await Roles.SeenAsync(Access.Actor, ct);
        var filter = new PeopleFilter(
            Filled(Search),
            Filled(Role),
            Filled(Team),
            After,
            PageSize + 1,
            Query.Choice<PersonState>(StateText)
        );
        var page = await People.ListAsync(filter, ct);
        rows = [.. page.Take(PageSize)];
        next = page.Count > PageSize ? rows[^1].Name : null;
    }

    private static string? Filled(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static string Joined(ImmutableArray<string> names) => names.Length == 0 ? "–" : string.Join(", ", names);

    private string RolesOf(PersonView person) =>
        person.Roles.Length == 0
            ? "–"
            : string.Join(", ", person.Roles.Select(n => roles.FirstOrDefault(r => r.Name == n) is { } role ? T.RoleTitle(role) : n));

    private void Filter(string name, object? value) => Address.Set((name, value), ("after", null));

    private async Task CreateAsync()
    {
        var parameters = new DialogParameters<PersonDialog> { { d => d.Roles, roles } };
        var dialog = await Dialogs.ShowAsync<PersonDialog>(T["NewPerson"], parameters);

        if (await dialog.Result is not { Data: NewPassword made })
            return;

        await Dialogs.ShowSecretAsync(T["PasswordTitle"], T["PasswordText", made.Person.Name], made.Password);
        await AskAsync();
    }

    private async Task ChangeAsync(PersonView person)
    {
        var parameters = new DialogParameters<PersonDialog> { { d => d.Roles, roles }, { d => d.Person, person } };
        var dialog = await Dialogs.ShowAsync<PersonDialog>(T["ChangeTitle", person.Name], parameters);

        // What another did in between is to be seen too.
        if (await dialog.Result is { Canceled: false })
            await DoAsync(_ => Task.CompletedTask, T["DidChange", person.Name]);
        else
            await AskAsync();
    }

    private async Task WishAsync(PersonView person, PersonAct act)
    {
        var isGentle = act is PersonAct.Unlock or PersonAct.Enable;

        if (!isGentle && await Dialogs.AskAsync(T[$"Act{act}"], T[$"Act{act}Text", person.Name], T[$"Act{act}"]) is null)
            return;

        NewPassword? made = null;
        var isDone = await DoAsync(
            async ct =>
            {
                switch (act)
                {
                    case PersonAct.Unlock:
                        await People.UnlockAsync(person.Id, ct);
                        break;
                    case PersonAct.Enable or PersonAct.Disable:
                        await People.DisableAsync(person.Id, act == PersonAct.Disable, ct);
                        break;
                    case PersonAct.ResetPassword:
                        made = await People.ResetPasswordAsync(person.Id, ct);
                        break;
                    case PersonAct.RemoveFactor:
                        await People.RemoveSecondFactorAsync(person.Id, ct);
                        break;
                    case PersonAct.EndSessions:
                        await Sessions.EndAllAsync(person.Id, ct);
                        break;
                    case PersonAct.Delete:
                        await People.DeleteAsync(person.Id, ct);
                        break;
                    default:
                        throw new ArgumentOutOfRangeException(nameof(act), act, "There is no such act.");
                }
            },
            T[$"Did{act}", person.Name]
        );

        if (isDone && made is not null)
            await Dialogs.ShowSecretAsync(T["PasswordTitle"], T["PasswordText", person.Name], made.Password);
    }
}
