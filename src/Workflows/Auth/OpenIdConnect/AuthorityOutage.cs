namespace ServiceLoop.Workflows.Auth.OpenIdConnect;

/// <summary>Tells an authority that does not answer from one that answers no.</summary>
internal static class AuthorityOutage
{
    /// <summary>Whether a failure, or what lies behind it, is one of the network or a wait that was too long.</summary>
    public static bool Is(Exception? failure)
    {
        for (var e = failure; e is not null; e = e.InnerException)
            if (e is HttpRequestException or IOException or TaskCanceledException)
                return true;

        return false;
    }
}
