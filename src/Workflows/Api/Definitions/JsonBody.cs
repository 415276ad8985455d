using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using ServiceLoop.Engine.Definitions;

namespace ServiceLoop.Workflows.Api.Definitions;

/// <summary>Bodies of requests about definitions: as large and as deep as definitions may be, and no more.</summary>
internal static class JsonBody
{
    /// <summary>A definition and the little around it.</summary>
    private const int MaxBytes = ElsaJson.MaxBytes + 64 * 1024;

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { MaxDepth = ElsaJson.MaxDepth + 8 };

    /// <summary>The body as an object; an empty body stands for one without members.</summary>
    /// <exception cref="RequestException">It is too large, or not JSON of that shape.</exception>
    public static async Task<T> ReadAsync<T>(HttpRequest request, CancellationToken ct)
    {
        var utf8 = await ReadAsync(request.BodyReader, ct);

        try
        {
            return JsonSerializer.Deserialize<T>(utf8.Length == 0 ? "{}"u8 : utf8.Span, Options)
                ?? throw new RequestException("http.bad-request", "The body is null; an object is expected.");
        }
        catch (JsonException e)
        {
            throw new RequestException("http.bad-request", $"The body cannot be read: {e.Message}");
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(PipeReader reader, CancellationToken ct)
    {
        while (true)
        {
            var result = await reader.ReadAsync(ct);

            if (result.Buffer.Length > MaxBytes)
            {
                reader.AdvanceTo(result.Buffer.End);
                throw new RequestException(
                    "http.request-too-large",
                    $"The body has more than {MaxBytes:N0} bytes. A definition may have {ElsaJson.MaxBytes:N0}; split it into sub-workflows."
                );
            }

            if (result.IsCompleted)
            {
                var utf8 = result.Buffer.ToArray();
                reader.AdvanceTo(result.Buffer.End);
                return utf8;
            }

            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }
}
