using System.Text;
using Npgsql;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Secrets;

namespace ServiceLoop.ServiceDesk.Intake;

/// <summary>The tables <c>intake_source</c>, <c>intake_signature</c> and <c>interaction_file</c>.</summary>
/// <param name="database">The database.</param>
/// <param name="cipher">Encrypts secrets; null where the host does not encrypt.</param>
internal sealed class IntakeStore(Database database, IValueCipher? cipher)
{
    private const int SecretColumn = 6;

    public static readonly string CountContacts = Load("interaction.count_about");

    private static readonly string ListSources = Load("intake_source.list");
    private static readonly string FindSource = Load("intake_source.find");
    private static readonly string SaveSource = Load("intake_source.save");
    private static readonly string DeleteSource = Load("intake_source.delete");
    private static readonly string Remember = Load("intake_signature.insert");
    private static readonly string InsertFiles = Load("interaction_file.insert");
    private static readonly string Receipt = Load("interaction.receipt");
    private static readonly string ListFiles = Load("interaction_file.list");
    private static readonly string ReadFile = Load("interaction_file.read");

    public Database Database => database;

    public async Task<IReadOnlyList<IntakeSource>> SourcesAsync(CancellationToken ct) =>
        await database.ReadAsync(ListSources, SourceOf, ct);

    public async Task<NewIntakeSource?> FindAsync(string id, CancellationToken ct) =>
        (
            await database.ReadAsync(
                FindSource,
                r => new NewIntakeSource(SourceOf(r), Open(r.GetString(0), r.GetBlob(SecretColumn))),
                ct,
                Arg.Text(id)
            )
        ).SingleOrDefault();

    /// <returns>False: another one has the name.</returns>
    public async Task<bool> TrySaveAsync(NewIntakeSource made, CancellationToken ct)
    {
        var s = made.Source;

        try
        {
            return await database.OnceAsync(
                    SaveSource,
                    ct,
                    Arg.Text(s.Id),
                    Arg.Text(s.Name),
                    Arg.Text(s.Channel),
                    Arg.Blob(Seal(s.Id, made.Secret)),
                    Arg.Flag(s.IsActive),
                    Arg.Time(s.CreatedAt),
                    Arg.Text(s.CreatedBy)
                ) == 1;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return false;
        }
    }

    public async Task<bool> DeleteAsync(string id, CancellationToken ct) =>
        await database.RepeatableAsync(DeleteSource, ct, Arg.Text(id)) == 1;

    /// <summary>Remembers a signature, and forgets those that count no more by themselves.</summary>
    /// <returns>False: it was seen before.</returns>
    public static async Task<bool> RememberAsync(
        NpgsqlConnection db,
        string sourceId,
        string signature,
        DateTimeOffset now,
        DateTimeOffset before,
        CancellationToken ct
    ) => await db.DoAsync(Remember, ct, Arg.Text(sourceId), Arg.Text(signature), Arg.Time(now), Arg.Time(before)) == 1;

    public static Task AddFilesAsync(
        NpgsqlConnection db,
        string interactionId,
        IReadOnlyList<ContactFile> files,
        DateTimeOffset now,
        CancellationToken ct
    ) =>
        db.DoAsync(
            InsertFiles,
            ct,
            Arg.Text(interactionId),
            Arg.Texts(files.Select(f => f.Facts.Name)),
            Arg.Texts(files.Select(f => f.Facts.MediaType)),
            Arg.Integers(files.Select(f => f.Content.Length)),
            Arg.Texts(files.Select(f => f.Facts.Sha256)),
            Arg.SomeIntegers(files.Select(f => f.Facts.Width)),
            Arg.SomeIntegers(files.Select(f => f.Facts.Height)),
            Arg.Texts(files.Select(f => f.Facts.TakenAt?.ToString("s", System.Globalization.CultureInfo.InvariantCulture))),
            Arg.Blobs(files.Select(f => (ReadOnlyMemory<byte>)f.Content)),
            Arg.Time(now)
        );

    public async Task<ReceiptRow?> ReceiptAsync(string interactionId, CancellationToken ct) =>
        (
            await database.ReadAsync(
                Receipt,
                r => new ReceiptRow(
                    r.GetString(0),
                    r.GetTime(1),
                    r.FindText(2),
                    r.IsDBNull(3) ? null : r.GetInt64(3),
                    r.IsDBNull(4) ? 1 : r.GetInt32(4)
                ),
                ct,
                Arg.Text(interactionId)
            )
        ).SingleOrDefault();

    public Task<IReadOnlyList<KeptFile>> FilesAsync(string interactionId, CancellationToken ct) =>
        database.ReadAsync(ListFiles, FileOf, ct, Arg.Text(interactionId));

    public async Task<(KeptFile File, byte[] Content)?> FileAsync(string id, CancellationToken ct) =>
        await database.ReadAsync(ReadFile, r => (FileOf(r), r.GetBlob(8)), ct, Arg.Text(id)) is [var found] ? found : null;

    private byte[] Seal(string id, string secret)
    {
        var plain = Encoding.UTF8.GetBytes(secret);
        return cipher is null ? plain : cipher.Encrypt(Place(id), plain);
    }

    private string Open(string id, byte[] kept) => Encoding.UTF8.GetString(cipher is null ? kept : cipher.Decrypt(Place(id), kept));

    private static string Place(string id) => $"intake:{id}";

    private static IntakeSource SourceOf(NpgsqlDataReader r) =>
        new(r.GetString(0), r.GetString(1), r.GetString(2), r.GetBoolean(3), r.GetTime(4), r.GetString(5));

    private static KeptFile FileOf(NpgsqlDataReader r) =>
        new(
            r.GetString(0),
            r.GetString(1),
            r.GetString(2),
            r.GetInt32(3),
            r.GetString(4),
            r.IsDBNull(5) ? null : r.GetInt32(5),
            r.IsDBNull(6) ? null : r.GetInt32(6),
            r.IsDBNull(7) ? null : r.GetDateTime(7)
        );

    private static string Load(string name) => SqlFile.Beside<IntakeStore>(name);
}

/// <summary>What is known of a contact that came in.</summary>
internal sealed record ReceiptRow(string InteractionId, DateTimeOffset ReceivedAt, string? CaseId, long? CaseNumber, int ContactNo);

/// <summary>A file of a contact.</summary>
/// <param name="Id">Id.</param>
/// <param name="Name">Name without folders.</param>
/// <param name="MediaType">Its kind.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">Of its content, hex.</param>
/// <param name="Width">Of a picture, pixels.</param>
/// <param name="Height">Of a picture, pixels.</param>
/// <param name="TakenAt">When a picture was taken, by the clock of the camera.</param>
public sealed record KeptFile(
    string Id,
    string Name,
    string MediaType,
    int Size,
    string Sha256,
    int? Width,
    int? Height,
    DateTime? TakenAt
);
