using Microsoft.AspNetCore.Components;
using MudBlazor;
using ServiceLoop.Designer.Lists;
using ServiceLoop.Identity.Keys;

namespace ServiceLoop.Designer.Admin.People;

/// <summary>How an API key stands.</summary>
public enum KeyState
{
    /// <summary>Good for what it allows.</summary>
    Active,

    /// <summary>Its time is over.</summary>
    Expired,

    /// <summary>Somebody took it out of use.</summary>
    Revoked,
}

/// <summary>API keys: what they allow, until when, when they were used; made and taken out of use here.</summary>
public sealed partial class KeysPage
{
    private IReadOnlyList<ApiKeyView> rows = [];

    [Inject]
    private ApiKeys Keys { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    /// <inheritdoc />
    protected override async Task LoadAsync(CancellationToken ct) => rows = await Keys.ListAsync(ct);

    private KeyState StateOf(ApiKeyView key) =>
        key.RevokedAt is not null ? KeyState.Revoked
        : key.ExpiresAt <= Clock.GetUtcNow() ? KeyState.Expired
        : KeyState.Active;

    private static Tone ToneOf(KeyState state) =>
        state switch
        {
            KeyState.Active => Tone.Good,
            KeyState.Expired => Tone.Odd,
            _ => Tone.Bad,
        };

    private async Task CreateAsync()
    {
        var dialog = await Dialogs.ShowAsync<KeyDialog>(T["NewKey"]);

        if (await dialog.Result is not { Data: NewApiKey made })
            return;

        await Dialogs.ShowSecretAsync(T["KeyTitle"], T["KeyText", made.Key.Name], made.Secret);
        await AskAsync();
    }

    private async Task RevokeAsync(ApiKeyView key)
    {
        if (await Dialogs.AskAsync(T["RevokeTitle"], T["RevokeText", key.Name], T["Revoke"]) is not null)
            await DoAsync(ct => Keys.RevokeAsync(key.Id, ct), T["DidRevoke", key.Name]);
    }
}
