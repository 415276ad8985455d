using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Secrets;
using ServiceLoop.Runtime.Work;
using ServiceLoop.ServiceDesk.Messages;

namespace ServiceLoop.ServiceDesk.Webhooks;

/// <summary>Puts webhooks together.</summary>
internal static class WebhooksSetup
{
    public static IServiceCollection AddWebhooks(this IServiceCollection services)
    {
        services.TryAddSingleton(p => new WebhookStore(p.GetRequiredService<Database>(), p.GetService<IValueCipher>()));
        services.TryAddSingleton(p => new WebhookService(
            p.GetRequiredService<WebhookStore>(),
            p.GetRequiredService<IAccess>(),
            p.GetRequiredService<IWorkSignal>(),
            p.GetRequiredService<TimeProvider>()
        ));
        services.AddHandler<WebhookFanOut>();
        services.AddHandler<WebhookSending>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IMessageCarrier, WebhookCarrier>());

        // To follow an answer elsewhere would carry a signed body to an address that nobody has allowed.
        services
            .AddHttpClient(WebhookSending.ClientName, client => client.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
        return services;
    }
}
