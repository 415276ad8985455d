using System.Net.Http.Headers;

namespace ServiceLoop.Workflows.Tests;

/// <summary>The key with which tests open a server that they started themselves: all permissions, as a deployment gives them to its own programs.</summary>
internal static class DeploymentKey
{
    /// <summary>Value of the setting <c>People:BootstrapKey</c>.</summary>
    public const string Value = "a-key-for-the-tests-of-a-server-0123456789";

    /// <summary>How the product calls who uses it.</summary>
    public const string Name = "bootstrap";

    /// <summary>Lets a client send it.</summary>
    public static void Show(HttpClient client) =>
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("ApiKey", Value);
}
