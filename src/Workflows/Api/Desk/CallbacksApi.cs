using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceLoop.Runtime.Access;
using ServiceLoop.ServiceDesk;
using ServiceLoop.ServiceDesk.Callbacks;
using ServiceLoop.ServiceDesk.Windows;
using ServiceLoop.Workflows.Auth;

namespace ServiceLoop.Workflows.Api.Desk;

/// <summary>Callbacks, and the slots in which they are promised.</summary>
internal static class CallbacksApi
{
    private const string LinkSays = "The signed link says which callback it is, and lets its holder choose a moment for it.";

    /// <summary>An attempt.</summary>
    /// <param name="No">One more than were made.</param>
    /// <param name="Outcome">reached, busy, no-answer, voicemail, dropped, wrong-number or refused.</param>
    /// <param name="Note">More about it.</param>
    internal sealed record AttemptRequest(int No, string? Outcome, string? Note);

    /// <summary>Another window.</summary>
    /// <param name="StartsAt">One of the free slots, UTC.</param>
    /// <param name="Reason">Why; the customer has accepted it.</param>
    internal sealed record MoveRequest(DateTimeOffset StartsAt, string? Reason);

    /// <summary>A chosen slot.</summary>
    /// <param name="StartsAt">One of the free slots, UTC.</param>
    /// <param name="Number">The number to call; needed where none is known.</param>
    internal sealed record BookRequest(DateTimeOffset StartsAt, string? Number);

    /// <summary>Room of a slot.</summary>
    /// <param name="StartsAt">The slot, UTC.</param>
    /// <param name="Room">Callbacks that may begin in it.</param>
    internal sealed record RoomRequest(DateTimeOffset StartsAt, int Room);

    /// <summary>An attempt that was made.</summary>
    internal sealed record AttemptView(int No, DateTimeOffset At, string Outcome, string? Agent, string? Note);

    /// <summary>A callback.</summary>
    internal sealed record View(
        string Id,
        long Rev,
        string State,
        string? CaseId,
        string? CustomerId,
        string? InstanceId,
        string Channel,
        IReadOnlyList<string> Numbers,
        string? Reason,
        Span? Wish,
        Span? Window,
        DateTimeOffset? NextAt,
        string? SlotReason,
        double? Propensity,
        JsonElement Zones,
        bool NeedsBooking,
        string? SameAgent,
        bool? IsOnTime,
        bool WasMoved,
        DateTimeOffset? ContactAt,
        string? EndReason,
        DateTimeOffset RequestedAt,
        DateTimeOffset? EndedAt,
        IReadOnlyList<AttemptView> Attempts
    )
    {
        public static View Of(Callback c) =>
            new(
                c.Id,
                c.Rev,
                Words.Of(c.State),
                c.CaseId,
                c.CustomerId,
                c.InstanceId,
                c.Channel,
                c.Numbers,
                c.Reason,
                c.Wish,
                c.Window,
                c.NextAt,
                c.SlotReason is { } r ? Words.Of(r) : null,
                c.Propensity,
                JsonElement.Parse(c.Zones),
                c.NeedsBooking,
                c.SameAgent,
                c.IsOnTime,
                c.WasMoved,
                c.ContactAt,
                c.EndReason,
                c.RequestedAt,
                c.EndedAt,
                [.. c.Attempts.Select(a => new AttemptView(a.No, a.At, Words.Of(a.Outcome), a.Agent, a.Note))]
            );
    }

    public static IEndpointRouteBuilder MapCallbacks(this IEndpointRouteBuilder routes)
    {
        var callbacks = routes.MapGroup("/callbacks").WithTags("Callbacks");
        callbacks.MapGet("", ListAsync).Needs(Permissions.CallbacksRead);
        callbacks.MapPost("", RequestAsync).Needs(Permissions.CallbacksManage);
        callbacks.MapPut("/slots", RoomAsync).Needs(Permissions.CallbacksManage);
        callbacks.MapGet("/bookings/{token}", LinkSlotsAsync).OpenToAll(LinkSays).LimitStrangers();
        callbacks.MapPost("/bookings/{token}", BookAsync).OpenToAll(LinkSays).LimitStrangers();
        callbacks.MapGet("/{id}", GetAsync).Needs(Permissions.CallbacksRead);
        callbacks.MapGet("/{id}/slots", SlotsAsync).Needs(Permissions.CallbacksRead);
        callbacks.MapPost("/{id}/dial", DialAsync).Needs(Permissions.CallbacksManage);
        callbacks.MapPost("/{id}/attempts", AttemptAsync).Needs(Permissions.CallbacksManage);
        callbacks.MapPost("/{id}/reschedule", MoveAsync).Needs(Permissions.CallbacksManage);
        callbacks.MapPost("/{id}/cancel", CancelAsync).Needs(Permissions.CallbacksManage);
        callbacks.MapPost("/{id}/supersede", SupersedeAsync).Needs(Permissions.CallbacksManage);
        return routes;
    }

    /// <summary>Callbacks, the newest first.</summary>
    private static async Task<Ok<DeskPage<View>>> ListAsync(
        string? state,
        string? caseId,
        string? customerId,
        bool? open,
        string? after,
        int? take,
        CallbackDesk desk,
        CancellationToken ct
    )
    {
        var most = DeskPages.Take(take);
        var rows = await desk.ListAsync(state, caseId, customerId, open ?? false, DeskPages.After(after), most, ct);
        return TypedResults.Ok(DeskPages.Of(rows, most, View.Of, c => (c.RequestedAt, c.Id)));
    }

    /// <summary>Asks for a callback; a window is promised soon.</summary>
    private static async Task<Created<View>> RequestAsync(CallbackRequest? request, CallbackDesk desk, CancellationToken ct)
    {
        var made = await desk.RequestAsync(request ?? new(null, null, null, null, null, null, null, null), ct);
        return TypedResults.Created($"/api/callbacks/{made.Id}", View.Of(made));
    }

    /// <summary>A callback with its attempts.</summary>
    private static async Task<Ok<View>> GetAsync(string id, CallbackDesk desk, CancellationToken ct) =>
        TypedResults.Ok(View.Of(await desk.GetAsync(id, ct)));

    /// <summary>Slots that may be promised instead.</summary>
    private static async Task<Ok<ListView<Span>>> SlotsAsync(string id, CallbackDesk desk, CancellationToken ct)
    {
        var slots = await desk.SlotsAsync(id, ct);
        return TypedResults.Ok(new ListView<Span>(slots, slots.Count));
    }

    /// <summary>Somebody begins to dial; refused outside the allowed time.</summary>
    private static async Task<Ok<View>> DialAsync(string id, CallbackDesk desk, CancellationToken ct) =>
        TypedResults.Ok(View.Of(await desk.DialAsync(id, ct)));

    /// <summary>Tells how an attempt ended, once for each number; what follows is decided.</summary>
    private static async Task<Ok<View>> AttemptAsync(string id, AttemptRequest? request, CallbackDesk desk, CancellationToken ct) =>
        TypedResults.Ok(View.Of(await desk.ReportAttemptAsync(id, request?.No ?? 0, request?.Outcome, request?.Note, ct)));

    /// <summary>Promises another window that the customer has accepted.</summary>
    private static async Task<Ok<View>> MoveAsync(string id, MoveRequest? request, CallbackDesk desk, CancellationToken ct) =>
        TypedResults.Ok(View.Of(await desk.RescheduleAsync(id, request?.StartsAt ?? default, request?.Reason, ct)));

    /// <summary>Calls a callback off.</summary>
    private static async Task<Ok<View>> CancelAsync(
        string id,
        CustomersApi.ReasonRequest? request,
        CallbackDesk desk,
        CancellationToken ct
    ) => TypedResults.Ok(View.Of(await desk.CancelAsync(id, request?.Reason, ct)));

    /// <summary>Ends a callback because another contact has helped the customer.</summary>
    private static async Task<Ok<View>> SupersedeAsync(
        string id,
        CustomersApi.ReasonRequest? request,
        CallbackDesk desk,
        CancellationToken ct
    ) => TypedResults.Ok(View.Of(await desk.SupersedeAsync(id, request?.Reason, ct)));

    /// <summary>Sets how many callbacks may begin in a slot.</summary>
    private static async Task<Ok<RoomRequest>> RoomAsync(RoomRequest? request, CallbackDesk desk, CancellationToken ct)
    {
        var startsAt = request?.StartsAt ?? default;
        return TypedResults.Ok(new RoomRequest(startsAt, await desk.SetRoomAsync(startsAt, request?.Room ?? -1, ct)));
    }

    /// <summary>Slots for whoever has the link.</summary>
    private static async Task<Ok<ListView<Span>>> LinkSlotsAsync(string token, CallbackDesk desk, CancellationToken ct)
    {
        var slots = await desk.SlotsByLinkAsync(token, ct);
        return TypedResults.Ok(new ListView<Span>(slots, slots.Count));
    }

    /// <summary>The customer chooses a slot with the link.</summary>
    private static async Task<Ok<Span>> BookAsync(string token, BookRequest? request, CallbackDesk desk, CancellationToken ct) =>
        TypedResults.Ok(await desk.BookByLinkAsync(token, request?.StartsAt ?? default, request?.Number, ct));
}
