using MudBlazor;

namespace ServiceLoop.Designer.Lists;

/// <summary>Asks before something happens that cannot be undone.</summary>
public static class Confirmation
{
    /// <summary>Asks.</summary>
    /// <param name="dialogs">Shows it.</param>
    /// <param name="title">What it is about.</param>
    /// <param name="text">What will happen, to what.</param>
    /// <param name="action">The word on the button.</param>
    /// <param name="isGrave">True when it cannot be undone.</param>
    /// <param name="check">A choice beside it; null for none.</param>
    /// <returns>Null when the person does not want it; else whether the choice was taken.</returns>
    public static async Task<bool?> AskAsync(
        this IDialogService dialogs,
        string title,
        string text,
        string action,
        bool isGrave = true,
        string? check = null
    )
    {
        var parameters = new DialogParameters<ConfirmDialog>
        {
            { d => d.Text, text },
            { d => d.Action, action },
            { d => d.IsGrave, isGrave },
            { d => d.Check, check },
        };
        var dialog = await dialogs.ShowAsync<ConfirmDialog>(title, parameters);
        return await dialog.Result is { Canceled: false, Data: bool choice } ? choice : null;
    }
}
