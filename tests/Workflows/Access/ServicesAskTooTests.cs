using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Identity.Audit;
using ServiceLoop.Identity.Entrance;
using ServiceLoop.Identity.Keys;
using ServiceLoop.Identity.Rights;
using ServiceLoop.Identity.Users;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Migrating;
using ServiceLoop.Runtime.Secrets;
using ServiceLoop.Runtime.Work;
using ServiceLoop.ServiceDesk.Callbacks;
using ServiceLoop.ServiceDesk.Cases;
using ServiceLoop.ServiceDesk.Customers;
using ServiceLoop.ServiceDesk.Findings;
using ServiceLoop.ServiceDesk.FollowUps;
using ServiceLoop.ServiceDesk.Intake;
using ServiceLoop.ServiceDesk.Interactions;
using ServiceLoop.ServiceDesk.Knowledge;
using ServiceLoop.ServiceDesk.ProblemFiles;
using ServiceLoop.ServiceDesk.Promises;
using ServiceLoop.ServiceDesk.Surveys;
using ServiceLoop.ServiceDesk.Tasks;
using ServiceLoop.ServiceDesk.Tracking;
using ServiceLoop.ServiceDesk.Triage;
using ServiceLoop.ServiceDesk.TriageModels;
using ServiceLoop.ServiceDesk.Windows;

namespace ServiceLoop.Workflows.Tests.Access;

/// <summary>Behind the doors the services ask again: a page, a job or an endpoint that forgot to may still do nothing.</summary>
public sealed class ServicesAskTooTests(TestServer server) : IClassFixture<TestServer>
{
    // What may be called by nobody, and why.
    private static readonly Dictionary<string, string> Exceptions = new(StringComparer.Ordinal)
    {
        ["CallbackDesk.SlotsByLinkAsync"] = "The signed link says which callback it is.",
        ["CallbackDesk.BookByLinkAsync"] = "The signed link says which callback it is.",
        ["SurveyDesk.QuestionAsync"] = "The signed link says which survey it is.",
        ["SurveyDesk.AnswerAsync"] = "The signed link says which survey it is.",
        ["IntakeSources.ReceiveSignedAsync"] = "The signature says which source it is.",
        ["StatusDesk.GetAsync"] = "The signed link says which case it is.",
        ["StatusDesk.AddAsync"] = "The signed link says which case it is.",
        ["StatusDesk.ReopenAsync"] = "The signed link says which case it is.",
        ["StatusDesk.SlotsAsync"] = "The signed link says which case it is.",
        ["StatusDesk.RescheduleAsync"] = "The signed link says which case it is.",
        ["StatusDesk.CancelAsync"] = "The signed link says which case it is.",
        ["Sessions.SignOutAsync"] = "Who has no session ends none: nothing is done.",
    };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(typeof(DefinitionService))]
    [InlineData(typeof(WorkflowRuntime))]
    [InlineData(typeof(MigrationService))]
    [InlineData(typeof(WorkDesk))]
    [InlineData(typeof(Histories))]
    [InlineData(typeof(InstanceFiles))]
    [InlineData(typeof(Reveals))]
    [InlineData(typeof(People))]
    [InlineData(typeof(Account))]
    [InlineData(typeof(Roles))]
    [InlineData(typeof(ApiKeys))]
    [InlineData(typeof(Sessions))]
    [InlineData(typeof(AuditLog))]
    [InlineData(typeof(CustomerDesk))]
    [InlineData(typeof(InteractionDesk))]
    [InlineData(typeof(CaseDesk))]
    [InlineData(typeof(ContactTimes))]
    [InlineData(typeof(CallbackDesk))]
    [InlineData(typeof(PromiseDesk))]
    [InlineData(typeof(FollowUpDesk))]
    [InlineData(typeof(SurveyDesk))]
    [InlineData(typeof(FindingDesk))]
    [InlineData(typeof(IntakeDesk))]
    [InlineData(typeof(IntakeSources))]
    [InlineData(typeof(ProblemFileDesk))]
    [InlineData(typeof(ArticleDesk))]
    [InlineData(typeof(ArticleProposals))]
    [InlineData(typeof(StarterArticles))]
    [InlineData(typeof(KnowledgeSearch))]
    [InlineData(typeof(KnowledgeUses))]
    [InlineData(typeof(HandOverDesk))]
    [InlineData(typeof(StatusLinks))]
    [InlineData(typeof(StatusDesk))]
    [InlineData(typeof(TaskTimeouts))]
    [InlineData(typeof(TaxonomyDesk))]
    [InlineData(typeof(TriageDesk))]
    [InlineData(typeof(ModelDesk))]
    public async Task Every_public_method_refuses_when_nobody_acts(Type type)
    {
        var service = (await server.ServicesAsync(Ct)).GetRequiredService(type);
        var methods = type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(m => !m.IsSpecialName && m.DeclaringType == type)
            .Where(m => !Exceptions.ContainsKey($"{type.Name}.{m.Name}"))
            .ToArray();
        var lets = new List<string>();

        foreach (var method in methods)
        {
            var end = await CallAsync(service, method);

            if (end is not AccessDeniedException)
                lets.Add(
                    $"{method.Name}({string.Join(", ", method.GetParameters().Select(p => p.Name))}): {end?.ToString() ?? "went through"}"
                );
        }

        methods.ShouldNotBeEmpty();

        if (lets.Count > 0)
            Assert.Fail(string.Join('\n', lets));
    }

    private static async Task<Exception?> CallAsync(object service, MethodInfo method)
    {
        try
        {
            await EndAsync(method.Invoke(service, [.. method.GetParameters().Select(ArgumentOf)]));
            return null;
        }
        catch (TargetInvocationException e)
        {
            return e.InnerException;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    private static async Task EndAsync(object? result)
    {
        switch (result)
        {
            case Task task:
                await task;
                break;
            case IAsyncEnumerable<object> items:
                await foreach (var _ in items)
                    break;

                break;
            case null:
                break;
            default:
                if (result.GetType().GetMethod("AsTask") is { } asTask)
                    await (Task)asTask.Invoke(result, [])!;

                break;
        }
    }

    private static object? ArgumentOf(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;

        if (type == typeof(CancellationToken))
            return Ct;

        if (type == typeof(string))
            return "made-up";

        if (type == typeof(Stream))
            return Stream.Null;

        if (type == typeof(WorkflowDefinition))
            return ElsaJson.Read(System.Text.Encoding.UTF8.GetBytes(Flows.Sequence("made-up", "")));

        if (type.IsValueType)
            return type.GetField("Empty", BindingFlags.Public | BindingFlags.Static)?.GetValue(null) ?? Activator.CreateInstance(type);

        if (type.IsGenericType && type.GetGenericArguments() is [var item] && type.IsAssignableTo(typeof(IEnumerable)) && type.IsInterface)
            return Array.CreateInstance(item, 0);

        if (type.IsInterface || type.IsAbstract || type.IsArray || type.IsAssignableTo(typeof(Delegate)))
            return null;

        return type.GetConstructor([]) is { } simple ? simple.Invoke([]) : RuntimeHelpers.GetUninitializedObject(type);
    }
}
