namespace ServiceLoop.Workflows.HttpWorkflows;

/// <summary>The body of a request is larger than allowed.</summary>
/// <param name="limit">Bytes that are allowed.</param>
internal sealed class BodyTooLargeException(long limit) : IOException($"The body of the request is larger than {limit} bytes.")
{
    /// <summary>Bytes that are allowed.</summary>
    public long Limit { get; } = limit;
}

/// <summary>Reads a body up to a limit, and stops in the middle of one that is larger.</summary>
/// <param name="body">The body; stays open.</param>
/// <param name="limit">Bytes that are allowed.</param>
internal sealed class LimitedBody(Stream body, long limit) : Stream
{
    /// <summary>Bytes read so far.</summary>
    public long Count { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => Count;
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Counted(await body.ReadAsync(buffer, cancellationToken));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => Counted(body.Read(buffer, offset, count));

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private int Counted(int read)
    {
        Count += read;
        return Count > limit ? throw new BodyTooLargeException(limit) : read;
    }
}
