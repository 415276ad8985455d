using Microsoft.Extensions.Localization;
using Microsoft.Extensions.Logging;
using MudBlazor;
using ServiceLoop.Designer.Shell;
using ServiceLoop.Engine;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Identity;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Migrating;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Designer.Lists;

/// <summary>What a person wants done: it is done, or a sentence says why not. Never a stack trace.</summary>
public sealed class Wishes(
    ISnackbar bar,
    IStringLocalizer<ShellTexts> texts,
    IStringLocalizer<IdentityTexts> refusals,
    ILogger<Wishes> logger
)
{
    /// <summary>Tries it, and tells how it went.</summary>
    /// <param name="wish">What is to be done.</param>
    /// <param name="done">What is said when it was done; null says nothing.</param>
    /// <returns>True when it was done.</returns>
    public async Task<bool> TryAsync(Func<Task> wish, string? done)
    {
        try
        {
            await wish();
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        catch (Exception e)
        {
            Refuse(Sentence(e));
            return false;
        }

        if (done is not null)
            bar.Add(done, Severity.Success);

        return true;
    }

    /// <summary>Says that something was not done; it stays until it is closed.</summary>
    public void Refuse(string sentence) =>
        bar.Add(
            sentence,
            Severity.Error,
            options =>
            {
                options.RequireInteraction = true;
                options.ShowCloseIcon = true;
            }
        );

    /// <summary>Why something failed, for the person in front of the page. What is a defect of ours is logged under a number, and the number is told.</summary>
    public string Sentence(Exception failure)
    {
        switch (failure)
        {
            case StoreUnavailableException:
                return texts["FailureUnavailable"];
            case AccessDeniedException denied:
                return texts["FailureDenied", denied.Permission];
            case InstanceBusyException:
                return texts["FailureBusy"];
            case InstanceNotFoundException or DefinitionNotFoundException:
                return texts["FailureGone", failure.Message];
            case RefusedException:
                return failure.Message;
            case IdentityRefusedException refused:
                return refusals[refused.Code] is { ResourceNotFound: false } text ? text : texts["FailureRefused", refused.Message];
            // Services refuse in the words of the domain; a null or an index of our own is a defect.
            case AlterationException or WorkflowCompilationException or DefinitionRefusedException or MigrationRefusedException:
            case ArgumentException when failure.GetType() == typeof(ArgumentException):
            case InvalidOperationException when failure.GetType().Assembly == typeof(DefinitionService).Assembly:
                return texts["FailureRefused", failure.Message];
            default:
                var number = Guid.CreateVersion7().ToString("N")[^8..];
                Log.WishFailed(logger, number, failure);
                return texts["FailureUnknown", number];
        }
    }
}
