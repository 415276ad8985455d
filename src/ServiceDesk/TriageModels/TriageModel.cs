using System.Text.Json;

namespace ServiceLoop.ServiceDesk.TriageModels;

/// <summary>A model that tells what contacts want.</summary>
/// <param name="Version">Number of the version.</param>
/// <param name="TrainedAt">When, UTC.</param>
/// <param name="TrainedBy">By whom.</param>
/// <param name="Note">From what it was trained.</param>
/// <param name="Rows">Examples.</param>
/// <param name="Labels">Intents.</param>
/// <param name="Threshold">From which probability on it is trusted.</param>
/// <param name="Sha256">Of its content, lower-case hex.</param>
/// <param name="Bytes">Size of its content.</param>
/// <param name="IsActive">Whether it is in force.</param>
public sealed record TriageModel(
    long Version,
    DateTimeOffset TrainedAt,
    string TrainedBy,
    string? Note,
    int Rows,
    int Labels,
    double Threshold,
    string Sha256,
    long Bytes,
    bool IsActive
)
{
    /// <summary>What was measured of it; only where one model is asked for.</summary>
    public JsonElement? Report { get; init; }
}

/// <summary>A model that was trained, to be kept.</summary>
/// <param name="Content">Its content.</param>
/// <param name="Report">What was measured of it: JSON.</param>
/// <param name="Rows">Examples.</param>
/// <param name="Labels">Intents.</param>
/// <param name="Threshold">From which probability on it is trusted.</param>
/// <param name="Note">From what it was trained.</param>
public sealed record TrainedModel(ReadOnlyMemory<byte> Content, string Report, int Rows, int Labels, double Threshold, string? Note);
