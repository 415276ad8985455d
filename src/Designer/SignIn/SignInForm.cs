using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Components;

namespace ServiceLoop.Designer.SignIn;

/// <summary>What all forms of sign-in know.</summary>
public abstract class SignInForm : ComponentBase
{
    /// <summary>Name and value of the hidden field against forged requests.</summary>
    [Parameter]
    public AntiforgeryTokenSet? Token { get; set; }

    /// <summary>Where to go on afterwards; a path of this server.</summary>
    [Parameter]
    public string Back { get; set; } = "/";

    /// <summary>What went wrong; null for nothing.</summary>
    [Parameter]
    public string? Problem { get; set; }

    /// <summary>A path of sign-in that leads on to <see cref="Back"/>.</summary>
    protected string At(string path) => Back == "/" ? path : $"{path}?{SignInDoor.BackName}={Uri.EscapeDataString(Back)}";
}
