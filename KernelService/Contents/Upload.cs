using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Lyceum.KernelService.Accounts;

namespace Lyceum.KernelService.Contents;

/// <summary>
/// A file that comes in chunks: numbers 1, 2, ... and -1 for the last. They gather beside the file, under a name that
/// tells which chunk came last, so that one that is lost or comes twice is noticed; the last puts the whole in its place.
/// </summary>
internal sealed class Upload
{
    public const int LastChunk = -1;

    private const string Extension = ".upload";

    // Who has gone away for that long does not go on with an upload.
    private static readonly TimeSpan Abandoned = TimeSpan.FromDays(1);

    private readonly TimeProvider _time;
    private readonly WorkspacePath _path;
    private readonly string _location;
    private readonly string _folder;
    private readonly string _prefix;

    public Upload(WorkspacePath path, string location, TimeProvider time)
    {
        _time = time;
        _path = path;
        _location = location;
        _folder = Path.GetDirectoryName(location)!;
        _prefix = $".~{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path.Name)))[..32]}.";
    }

    /// <exception cref="BadHttpRequestException">It is not the chunk that is expected, or one too many.</exception>
    public async Task AddAsync(int chunk, ReadOnlyMemory<byte> content, long maxBytes, CancellationToken cancellationToken)
    {
        var draft = UserFiles.Do(_location, () => Begin(chunk));
        try
        {
            var mode = chunk == 1 ? FileMode.CreateNew : FileMode.Append;
            var file = UserFiles.Do(draft, () => new FileStream(draft, mode, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.Asynchronous));
            await using (file)
            {
                if (file.Length + content.Length > maxBytes)
                {
                    throw new BadHttpRequestException($"{_path} would have more than {maxBytes} bytes", StatusCodes.Status413PayloadTooLarge);
                }

                await file.WriteAsync(content, cancellationToken);
                file.Flush(flushToDisk: chunk == LastChunk);
            }

            if (chunk == LastChunk)
            {
                AtomicFile.Replace(draft, _location);
            }
            else if (chunk > 1)
            {
                UserFiles.Move(draft, DraftAfter(chunk));
            }
        }
        catch
        {
            // What is half there cannot be gone on with.
            UserFiles.Delete(draft);
            throw;
        }
    }

    private string Begin(int chunk)
    {
        var present = Directory.GetFiles(_folder, _prefix + "*" + Extension);
        if (chunk == 1)
        {
            Array.ForEach(present, File.Delete);
            var limit = _time.GetUtcNow().UtcDateTime - Abandoned;
            foreach (var old in new DirectoryInfo(_folder).EnumerateFiles(".~*" + Extension).Where(file => file.LastWriteTimeUtc < limit))
            {
                old.Delete();
            }

            return DraftAfter(1);
        }

        if (present is not [var draft] || new FileInfo(draft).LinkTarget is not null)
        {
            throw Bad($"The upload of {_path} did not begin with chunk 1");
        }

        return chunk == LastChunk || draft == DraftAfter(chunk - 1)
            ? draft
            : throw Bad($"Chunk {chunk} of {_path} does not follow the one that came last: begin again with chunk 1");
    }

    private string DraftAfter(int chunk) => Path.Combine(_folder, _prefix + chunk.ToString(CultureInfo.InvariantCulture) + Extension);

    private static BadHttpRequestException Bad(string message) => new(message, StatusCodes.Status400BadRequest);
}
