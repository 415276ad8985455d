using System.Diagnostics;

namespace ServiceLoop.Workflows.Telemetry;

/// <summary>Takes the tokens of links out of what is told of requests: whoever reads traces could otherwise answer for a customer.</summary>
internal static class LinkMask
{
    private const string Hidden = "***";

    private static readonly string[] Tags = ["url.path", "url.full", "http.target", "http.url", "http.route.value"];

    // What follows one of these is a token, up to the next slash or question mark.
    private static readonly string[] Before = ["/api/surveys/", "/api/callbacks/bookings/", "/api/status/", "/api/tracking/"];

    /// <summary>Masks what a trace says of the address of a request.</summary>
    public static void Apply(Activity activity)
    {
        foreach (var tag in Tags)
            if (activity.GetTagItem(tag) is string text && Of(text) is var masked && masked != text)
                activity.SetTag(tag, masked);

        activity.DisplayName = Of(activity.DisplayName);
    }

    /// <summary>A text without the tokens of links.</summary>
    public static string Of(string text)
    {
        foreach (var start in Before)
        {
            var at = text.IndexOf(start, StringComparison.OrdinalIgnoreCase);

            if (at < 0)
                continue;

            var from = at + start.Length;
            var to = text.AsSpan(from).IndexOfAny('/', '?', ' ') is var cut && cut < 0 ? text.Length : from + cut;

            // What stands in braces is the name of a route, and no token.
            if (to > from && text[from] != '{')
                text = $"{text.AsSpan(0, from)}{Hidden}{text.AsSpan(to)}";
        }

        return text;
    }
}
