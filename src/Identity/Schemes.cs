namespace ServiceLoop.Identity;

/// <summary>Names of the ways to prove who one is.</summary>
public static class Schemes
{
    /// <summary>Looks at a request and chooses one of the others.</summary>
    public const string Any = "ServiceLoop";

    /// <summary>A browser's cookie.</summary>
    public const string Session = "Session";

    /// <summary><c>Authorization: ApiKey …</c></summary>
    public const string ApiKey = "ApiKey";

    /// <summary><c>Authorization: Bearer …</c></summary>
    public const string Bearer = "Bearer";

    /// <summary>The company's own sign-in.</summary>
    public const string OpenIdConnect = "OpenIdConnect";

    /// <summary>Name of the cookie.</summary>
    public const string CookieName = "serviceloop";
}
