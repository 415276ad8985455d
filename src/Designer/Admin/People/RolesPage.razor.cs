using Microsoft.AspNetCore.Components;
using MudBlazor;
using ServiceLoop.Designer.Lists;
using ServiceLoop.Identity.Rights;

namespace ServiceLoop.Designer.Admin.People;

/// <summary>What each role allows; roles of a company are made, changed and removed here.</summary>
public sealed partial class RolesPage
{
    private IReadOnlyList<RoleView> roles = [];

    [Inject]
    private Roles Roles { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    private List<RoleView> Own => [.. roles.Where(r => !r.IsBuiltIn)];

    /// <inheritdoc />
    protected override async Task LoadAsync(CancellationToken ct) => roles = await Roles.ListAsync(ct);

    private async Task OpenAsync(RoleView? role)
    {
        var parameters = new DialogParameters<RoleDialog> { { d => d.Role, role } };
        var dialog = await Dialogs.ShowAsync<RoleDialog>(role is null ? T["NewRole"] : T["ChangeTitle", T.RoleTitle(role)], parameters);

        if (await dialog.Result is { Canceled: false, Data: RoleView saved })
            await DoAsync(_ => Task.CompletedTask, T["DidSaveRole", T.RoleTitle(saved)]);
        else
            await AskAsync();
    }

    private async Task DeleteAsync(RoleView role)
    {
        if (await Dialogs.AskAsync(T["RemoveRoleTitle"], T["RemoveRoleText", T.RoleTitle(role)], T["Remove"]) is not null)
            await DoAsync(ct => Roles.DeleteAsync(role.Name, ct), T["DidRemoveRole", T.RoleTitle(role)]);
    }
}
