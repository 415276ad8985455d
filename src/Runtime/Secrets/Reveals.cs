using System.Globalization;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.InMemory;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Secrets;

/// <summary>Shows a secret to somebody who may see it and says why. Who saw what, and why, is in the audit log before it is shown.</summary>
/// <param name="store">Where instances are.</param>
/// <param name="histories">Past values.</param>
/// <param name="access">The gate.</param>
public sealed class Reveals(IWorkflowStore store, Histories histories, IAccess access)
{
    /// <summary>What the audit log calls it.</summary>
    public const string Action = "value.reveal";

    /// <summary>A reason is a sentence; more would fill the audit log.</summary>
    private const int LongestReason = 500;

    private const int LongestName = 300;

    private const string Forms =
        "variables/NAME, inputs/NAME, outputs/NAME, incidents/ID, journal/POSITION, executions/ID/inputs/NAME or executions/ID/outputs/NAME";

    /// <summary>Shows one value as it is.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="what">
    /// Which: <c>variables/NAME</c>, <c>inputs/NAME</c>, <c>outputs/NAME</c>, <c>incidents/ID</c>, <c>journal/POSITION</c> (from 1),
    /// <c>executions/ID/inputs/NAME</c> or <c>executions/ID/outputs/NAME</c>, the id being the number of the execution.
    /// </param>
    /// <param name="reason">Why; 1 to 500 characters.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The plain value.</returns>
    /// <exception cref="AccessDeniedException">The actor lacks <see cref="Permissions.ValuesReveal"/>.</exception>
    /// <exception cref="InstanceNotFoundException">There is no such instance.</exception>
    /// <exception cref="RevealRefusedException">There is no such value, or no reason was given.</exception>
    public Task<object?> RevealAsync(string instanceId, string what, string? reason, CancellationToken ct) =>
        ActAsync(access, instanceId, what, reason, () => FindAsync(instanceId, what, ct), ct);

    /// <summary>Shows something as it is to somebody who may see it and says why, once that stands in the audit log.</summary>
    /// <exception cref="AccessDeniedException">The actor lacks <see cref="Permissions.ValuesReveal"/>; that stands there, too.</exception>
    /// <exception cref="RevealRefusedException">No value was named, or no reason was given.</exception>
    internal static Task<T> ActAsync<T>(
        IAccess access,
        string instanceId,
        string what,
        string? reason,
        Func<Task<T>> show,
        CancellationToken ct
    )
    {
        var (named, why) = (what.Trim(), reason?.Trim() ?? "");

        // Who may not is told that and nothing else, whatever was asked.
        if (access.Actor.May(Permissions.ValuesReveal))
        {
            if (named.Length is 0 or > LongestName)
                throw new RevealRefusedException($"Say in 'what' which value: {Forms}.");

            if (why.Length is 0 or > LongestReason)
                throw new RevealRefusedException($"Say why in 'reason', in 1 to {LongestReason} characters: it stands in the audit log.");
        }

        return access.ActAsync(
            new Deed(Permissions.ValuesReveal, Action, instanceId)
            {
                Wanted = Facts.Of(("what", Start(named, LongestName)), ("reason", Start(why, LongestReason))),
            },
            show,
            ct
        );
    }

    private async Task<object?> FindAsync(string instanceId, string what, CancellationToken ct)
    {
        var row = await store.FindInstanceAsync(instanceId, ct) ?? throw new InstanceNotFoundException(instanceId);
        var state = StateJson.Read(row.State);
        var slash = what.IndexOf('/', StringComparison.Ordinal);
        var (kind, name) = slash < 0 ? (what, "") : (what[..slash], what[(slash + 1)..]);

        return kind switch
        {
            "variables" => (await InstanceVariables.OfAsync(state, store, ct)).FirstOrDefault(v => v.Id == name || Same(v.Name, name))
                is { } variable
                ? variable.Value
                : throw Unknown(instanceId, what),
            "inputs" => Find(state.Inputs.FirstOrDefault(v => Same(v.Name, name)), instanceId, what),
            "outputs" => Find(state.Outputs.FirstOrDefault(v => Same(v.Name, name)), instanceId, what),
            "incidents" => state.Incidents.FirstOrDefault(i => i.Id.ToString(CultureInfo.InvariantCulture) == name) is { } incident
                ? Told(incident.Message, incident.Detail)
                : throw Unknown(instanceId, what),
            "journal" => await LineAsync(instanceId, name, what, ct),
            "executions" => await ExecutionAsync(instanceId, name, what, ct),
            _ => throw new RevealRefusedException($"'{what}' is nothing that can be shown. Use {Forms}."),
        };
    }

    private async Task<object?> LineAsync(string instanceId, string name, string what, CancellationToken ct)
    {
        if (
            !int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var position)
            || position < 1
            || await histories.LookAsync(instanceId, ct) is not { } history
            || history.Page(static _ => true, position - 1, 1).Lines is not [var line]
        )
            throw Unknown(instanceId, what);

        return Told(line.Entry.Message, line.Entry.Fault?.Detail);
    }

    private async Task<object?> ExecutionAsync(string instanceId, string name, string what, CancellationToken ct)
    {
        var parts = name.Split('/', 3);

        if (
            parts is not [var id, var side and ("inputs" or "outputs"), var member]
            || !long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var frame)
            || await histories.LookAsync(instanceId, [frame], ct) is not { Values: var values }
        )
            throw Unknown(instanceId, what);

        var (secret, open) =
            side == "inputs"
                ? (values.SecretInputsOf(frame), values.InputsOf(frame))
                : (values.SecretOutputsOf(frame), values.OutputsOf(frame));

        return secret.TryGetValue(member, out var value) ? value
            : open.TryGetValue(member, out value) ? value
            : throw Unknown(instanceId, what);
    }

    private static object? Find(NamedValue found, string instanceId, string what) =>
        found.Name is null ? throw Unknown(instanceId, what) : StoredValues.Decode(found.Value);

    private static string? Told(string? message, string? detail) => detail is null ? message : $"{message}\n{detail}";

    private static string Start(string text, int most) => text.Length <= most ? text : text[..most];

    private static bool Same(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    private static RevealRefusedException Unknown(string instanceId, string what) =>
        new($"Instance '{instanceId}' has nothing at '{what}'. Use {Forms}, as the instance names them.");
}

/// <summary>A value cannot be shown. The message says why and what to do.</summary>
/// <param name="message">A sentence.</param>
public sealed class RevealRefusedException(string message) : Exception(message);
