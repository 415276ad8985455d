using System.Text.RegularExpressions;
using Npgsql;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;

namespace ServiceLoop.ServiceDesk.Tracking;

/// <summary>Contacts that only ask where things stand: what a status page is there to save.</summary>
internal static partial class StatusQuestions
{
    private const int MostText = 2000;

    private static readonly string Insert = SqlFile.Beside<StatusLinks>("status_ask.insert");

    /// <summary>Whether a contact asks where things stand. Only the beginning of it counts: who writes more has more to say.</summary>
    public static bool AsksWhereItStands(string? text)
    {
        var start = (text ?? "").Trim();

        try
        {
            return start.Length is > 0 and <= MostText && (English().IsMatch(start) || Chinese().IsMatch(start));
        }
        catch (RegexMatchTimeoutException)
        {
            // A figure is not worth a contact.
            return false;
        }
    }

    public static Task AddAsync(NpgsqlConnection db, string interactionId, DateTimeOffset at, CancellationToken ct) =>
        db.DoAsync(Insert, ct, Arg.Text(interactionId), Arg.Time(at));

    [GeneratedRegex(
        @"\b(?:where(?:'s|’s|\sis|\sare)\s(?:my|our|the)\s(?:\w+\s){0,3}?(?:case|ticket|request|complaint|order|refund|parcel|package|repair|delivery)|what(?:'s|’s|\sis)\sthe\s(?:status|progress)|(?:any|no)\s(?:news|updates?|progress)\b|status\sof\smy|still\s(?:waiting|no\s(?:answer|reply|response))|when\s(?:will|do|can)\s(?:i|you|we)\s(?:\w+\s){0,4}?(?:hear|answer|reply|get\sback))",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        500
    )]
    private static partial Regex English();

    [GeneratedRegex(
        @"(?:进度|进展|处理(?:得|的)?怎么?样|处理到哪|到哪(?:了|里)|还没(?:有)?(?:回复|处理|消息|收到|解决)|什么时候(?:能|可以|会)?.{0,6}(?:回复|处理|解决|到货|送到|发货|退款)|有(?:没有)?(?:结果|消息|进展)(?:了|吗)|查(?:询)?一?下?.{0,8}(?:状态|进度))",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        500
    )]
    private static partial Regex Chinese();
}
