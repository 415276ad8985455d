using System.Security.Cryptography;
using System.Text;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Bench.Commit;

/// <summary>What a burst writes: a state of 1.5 kB, one waiter gone, one new, every other one with a timer, one row of history.</summary>
internal static class BurstRows
{
    public const int Instances = 20_000;
    public const int StateBytes = 1_500;
    public const int StimuliBytes = 160;
    public const int EntriesBytes = 420;

    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    public static readonly byte[] State = Json(StateBytes);
    public static readonly byte[] Stimuli = Json(StimuliBytes);
    public static readonly byte[] Entries = Json(EntriesBytes);
    public static readonly byte[] Payload = "{}"u8.ToArray();

    public static string Id(string prefix, int number) => $"{prefix}-{number:000000000000000000000000}";

    public static string Hash(string id) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(id)));

    public static DateTimeOffset? DueAt(long bookmark) => bookmark % 2 == 0 ? Now.AddDays(1).AddSeconds(bookmark) : null;

    public static InstanceCommit Burst(string id, string hash, long version) =>
        new()
        {
            InstanceId = id,
            ExpectedVersion = version,
            DefinitionId = "bench",
            VersionId = "bench-1",
            SubStatus = WorkflowSubStatus.Suspended,
            State = State,
            Added = [new(version + 1, hash, "Event", "Wait1", "Workflow1/Flowchart1/Wait1", DueAt(version + 1), Payload)],
            Burned = [version],
            Journal = new(version + 1, Stimuli, Entries, version),
            Now = Now,
        };

    // Text that looks like a state: words and numbers, not one letter repeated, so that compression has as much to do as in life.
    private static byte[] Json(int bytes)
    {
        var random = new Random(bytes);
        var text = new StringBuilder("{");

        while (text.Length < bytes)
            text.Append($"\"v{random.Next(1000)}\":\"{Convert.ToBase64String(BitConverter.GetBytes(random.NextInt64()))}\",");

        return Encoding.UTF8.GetBytes(text.ToString(0, bytes));
    }
}
