using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Work;

namespace ServiceLoop.ServiceDesk;

/// <summary>Adds what the runtime finds by its kind.</summary>
internal static class DeskParts
{
    /// <summary>Adds a writer of rows that steps record.</summary>
    public static IServiceCollection AddWriter<T>(this IServiceCollection services)
        where T : class, IRecordWriter
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IRecordWriter, T>());
        return services;
    }

    /// <summary>Adds a handler of work.</summary>
    public static IServiceCollection AddHandler<T>(this IServiceCollection services)
        where T : class, IMessageHandler
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IMessageHandler, T>());
        return services;
    }
}
