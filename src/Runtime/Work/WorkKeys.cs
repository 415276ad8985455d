using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ServiceLoop.Runtime.Work;

/// <summary>Keys of work: the same when a burst or a delivery is repeated, so that nothing is asked for twice.</summary>
internal static class WorkKeys
{
    public static string Start(string instanceId) => $"s:{instanceId}";

    public static string Publish(string key) => $"p:{key}";

    public static string Invoke(string instanceId, long frame) => string.Create(CultureInfo.InvariantCulture, $"i:{instanceId}:{frame}");

    public static string Recover(string instanceId) => $"r:{instanceId}";

    /// <summary>One for each end of a child: one that failed, was repaired and finished ends twice.</summary>
    public static string ChildEnded(string childId, long rowVersion) =>
        string.Create(CultureInfo.InvariantCulture, $"c:{childId}:{rowVersion}");

    public static string Trigger(string versionId, string nodeId, string hash, DateTimeOffset dueAt) =>
        string.Create(CultureInfo.InvariantCulture, $"x:{versionId}:{nodeId}:{hash[..Math.Min(8, hash.Length)]}:{dueAt.UtcTicks}");

    public static string Resume(string key) => $"b:{key}";

    public static string Message(string key) => $"m:{key}";

    /// <summary>A part of work that was expanded.</summary>
    public static string Part(string key, string place) => $"{key}>{place}";

    /// <summary>Id of the instance that a piece of work starts: the same however often it is done.</summary>
    public static string InstanceFor(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)).AsSpan(0, 16));
}
