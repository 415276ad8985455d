namespace ServiceLoop.Designer.Shell;

/// <summary>Where people sign in.</summary>
public static class SignInAddress
{
    /// <summary>The page.</summary>
    public const string Path = "/sign-in";

    /// <summary>Name of the part of the query that says where to go afterwards.</summary>
    public const string BackName = "returnUrl";

    /// <summary>The page, with the way back.</summary>
    /// <param name="back">Path and query on this server; of anything else the start page is made.</param>
    public static string For(string back) => $"{Path}?{BackName}={Uri.EscapeDataString(Local(back))}";

    /// <summary>The address if it is one on this server, else the start page.</summary>
    public static string Local(string? back) => Language.CultureSwitch.IsLocal(back) ? back! : "/";
}
