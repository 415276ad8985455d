using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Http;

namespace ServiceLoop.Designer.Language;

/// <summary>Marks an endpoint whose answer a person reads: it is served in the person's language. Pages of Blazor need no mark.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
public sealed class ForPeopleAttribute : Attribute
{
    /// <summary>Whether an endpoint bears the mark, or is a page.</summary>
    public static bool IsOn(Endpoint endpoint) =>
        endpoint.Metadata.GetMetadata<ComponentTypeMetadata>() is not null
        || endpoint.Metadata.GetMetadata<ForPeopleAttribute>() is not null;
}
