using Microsoft.AspNetCore.Builder;

namespace ServiceLoop.Runtime.Access;

/// <summary>Puts rules on endpoints.</summary>
public static class EndpointRules
{
    /// <summary>Lets in who has a permission. On a group it is the rule of all that have none of their own.</summary>
    public static T Needs<T>(this T endpoint, string permission)
        where T : IEndpointConventionBuilder => endpoint.WithMetadata(new NeedsAttribute(permission));

    /// <summary>Lets in who has said who they are.</summary>
    public static T NeedsIdentity<T>(this T endpoint)
        where T : IEndpointConventionBuilder => endpoint.WithMetadata(new NeedsAttribute());

    /// <summary>Lets in everybody.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="because">Why, in a sentence.</param>
    public static T OpenToAll<T>(this T endpoint, string because)
        where T : IEndpointConventionBuilder => endpoint.WithMetadata(NeedsAttribute.Nothing(because));
}
