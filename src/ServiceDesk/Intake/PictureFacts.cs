using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace ServiceLoop.ServiceDesk.Intake;

/// <summary>What the header of a picture tells. The picture itself is never decoded.</summary>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="TakenAt">When it was taken by the clock of the camera; null when it does not tell.</param>
internal sealed record PictureFacts(int Width, int Height, DateTime? TakenAt)
{
    private const int MostSegments = 500;

    /// <summary>The facts; null for what is no picture, or one whose header is broken.</summary>
    public static PictureFacts? Find(string mediaType, ReadOnlySpan<byte> content)
    {
        try
        {
            return mediaType switch
            {
                "image/png" => Png(content),
                "image/gif" => Sized(Small(content[6..]), Small(content[8..])),
                "image/jpeg" => Jpeg(content),
                "image/webp" => Webp(content),
                _ => null,
            };
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or IndexOutOfRangeException)
        {
            // The header ends before it should.
            return null;
        }
    }

    private static PictureFacts? Png(ReadOnlySpan<byte> b) =>
        b.Slice(12, 4).SequenceEqual("IHDR"u8)
            ? Sized(BinaryPrimitives.ReadInt32BigEndian(b[16..]), BinaryPrimitives.ReadInt32BigEndian(b[20..]))
            : null;

    private static PictureFacts? Webp(ReadOnlySpan<byte> b) =>
        b.Slice(12, 4) switch
        {
            var kind when kind.SequenceEqual("VP8X"u8) => Sized(1 + Three(b[24..]), 1 + Three(b[27..])),
            var kind when kind.SequenceEqual("VP8 "u8) => Sized(Small(b[26..]) & 0x3fff, Small(b[28..]) & 0x3fff),
            var kind when kind.SequenceEqual("VP8L"u8) => Sized(
                1 + (int)(BinaryPrimitives.ReadUInt32LittleEndian(b[21..]) & 0x3fff),
                1 + (int)((BinaryPrimitives.ReadUInt32LittleEndian(b[21..]) >> 14) & 0x3fff)
            ),
            _ => null,
        };

    private static PictureFacts? Jpeg(ReadOnlySpan<byte> b)
    {
        DateTime? taken = null;

        for (var (at, n) = (2, 0); n < MostSegments && at + 4 <= b.Length && b[at] == 0xFF; n++)
        {
            var kind = b[at + 1];
            var length = BinaryPrimitives.ReadUInt16BigEndian(b[(at + 2)..]);

            // A frame header: all of C0 to CF but three that are tables.
            if (kind is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
                return Sized(
                    BinaryPrimitives.ReadUInt16BigEndian(b[(at + 7)..]),
                    BinaryPrimitives.ReadUInt16BigEndian(b[(at + 5)..]),
                    taken
                );

            if (kind == 0xE1 && length > 8 && b.Slice(at + 4, 6).SequenceEqual("Exif\0\0"u8))
                taken ??= Taken(b.Slice(at + 10, length - 8));

            if (kind == 0xDA || length < 2)
                return null;

            at += 2 + length;
        }

        return null;
    }

    /// <summary>The moment out of EXIF: a TIFF with directories of entries of 12 bytes.</summary>
    private static DateTime? Taken(ReadOnlySpan<byte> tiff)
    {
        try
        {
            var isBig = tiff[0] == 'M';
            var first = (int)Long(tiff[4..], isBig);
            return Entry(tiff, first, 0x8769, isBig) is { } exif && Moment(tiff, (int)exif, 0x9003, isBig) is { } original
                ? original
                : Moment(tiff, first, 0x0132, isBig);
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or IndexOutOfRangeException)
        {
            return null;
        }
    }

    private static DateTime? Moment(ReadOnlySpan<byte> tiff, int directory, int tag, bool isBig) =>
        Entry(tiff, directory, tag, isBig) is { } at
        && DateTime.TryParseExact(
            Encoding.ASCII.GetString(tiff.Slice((int)at, 19)),
            "yyyy:MM:dd HH:mm:ss",
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out var moment
        )
            ? moment
            : null;

    private static uint? Entry(ReadOnlySpan<byte> tiff, int directory, int tag, bool isBig)
    {
        var count = Math.Min(Short(tiff[directory..], isBig), MostSegments);

        for (var i = 0; i < count; i++)
            if (Short(tiff[(directory + 2 + 12 * i)..], isBig) == tag)
                return Long(tiff[(directory + 10 + 12 * i)..], isBig);

        return null;
    }

    private static PictureFacts? Sized(int width, int height, DateTime? taken = null) =>
        width > 0 && height > 0 ? new(width, height, taken) : null;

    private static int Small(ReadOnlySpan<byte> b) => BinaryPrimitives.ReadUInt16LittleEndian(b);

    private static int Three(ReadOnlySpan<byte> b) => b[0] | (b[1] << 8) | (b[2] << 16);

    private static int Short(ReadOnlySpan<byte> b, bool isBig) =>
        isBig ? BinaryPrimitives.ReadUInt16BigEndian(b) : BinaryPrimitives.ReadUInt16LittleEndian(b);

    private static uint Long(ReadOnlySpan<byte> b, bool isBig) =>
        isBig ? BinaryPrimitives.ReadUInt32BigEndian(b) : BinaryPrimitives.ReadUInt32LittleEndian(b);
}
