using MudBlazor;

namespace ServiceLoop.Designer.Lists;

/// <summary>Shows what the server shows once and never again.</summary>
public static class Secrets
{
    private static readonly DialogOptions Careful = new() { BackdropClick = false, CloseOnEscapeKey = false };

    /// <summary>Shows it until the person says that it is kept: a click beside it or a key does not close it.</summary>
    /// <param name="dialogs">Shows it.</param>
    /// <param name="title">What it is about.</param>
    /// <param name="text">What it is.</param>
    /// <param name="secret">The secret; several stand in lines.</param>
    public static async Task ShowSecretAsync(this IDialogService dialogs, string title, string text, string secret)
    {
        var parameters = new DialogParameters<SecretDialog> { { d => d.Text, text }, { d => d.Secret, secret } };
        var dialog = await dialogs.ShowAsync<SecretDialog>(title, parameters, Careful);
        await dialog.Result;
    }
}
