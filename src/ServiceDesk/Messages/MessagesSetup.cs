using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Work;
using ServiceLoop.ServiceDesk.Messages.Email;
using ServiceLoop.ServiceDesk.Messages.Letters;
using ServiceLoop.ServiceDesk.Messages.Templates;

namespace ServiceLoop.ServiceDesk.Messages;

/// <summary>Puts messages together.</summary>
internal static class MessagesSetup
{
    public static IServiceCollection AddMessages(this IServiceCollection services)
    {
        services.TryAddSingleton(new EmailOptions());
        services.TryAddSingleton(p => new TemplateStore(p.GetRequiredService<Database>()));
        services.TryAddSingleton(p => new MessageStore(p.GetRequiredService<Database>()));
        services.TryAddSingleton<LetterDesk>();
        services.TryAddSingleton(p => new MessageTemplates(
            p.GetRequiredService<TemplateStore>(),
            p.GetRequiredService<IAccess>(),
            p.GetRequiredService<TimeProvider>()
        ));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IMessageCarrier, OutboxCarrier>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IMessageCarrier, EmailCarrier>());
        services.TryAddSingleton(p => new MessageService(
            p.GetRequiredService<MessageStore>(),
            p.GetRequiredService<MessageTemplates>(),
            p.GetServices<IMessageCarrier>(),
            p.GetRequiredService<IAccess>(),
            p.GetRequiredService<IWorkSignal>(),
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<ContactOptions>().Language
        ));
        services.AddHandler<MessageSending>();
        services.AddWriter<MessageRequestWriter>();
        return services;
    }
}
