using System.Text.Json;
using ServiceLoop.Engine.State;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Runtime.Instances;

/// <summary>Payloads of waiters as plain JSON, for people and queries.</summary>
internal static class BookmarkJson
{
    public static void Write(Utf8JsonWriter writer, Bookmark bookmark)
    {
        writer.WriteStartObject();

        foreach (var (name, value) in bookmark.Payload)
        {
            writer.WritePropertyName(name);

            if (value is RawValue raw)
                ValueJson.WritePlain(writer, ValueJson.ReadStored(raw.Utf8, typeof(object)));
            else
                ValueJson.WritePlain(writer, value);
        }

        writer.WriteEndObject();
    }
}
