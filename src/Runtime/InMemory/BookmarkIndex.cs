using ServiceLoop.Engine.State;

namespace ServiceLoop.Runtime.InMemory;

/// <summary>Finds who waits for a stimulus: every stored bookmark by its hash.</summary>
internal sealed class BookmarkIndex
{
    private readonly Dictionary<string, List<(InMemoryInstance Instance, Bookmark Bookmark)>> byHash = [];

    public void Replace(InMemoryInstance instance, IEnumerable<Bookmark> before, IEnumerable<Bookmark> after)
    {
        foreach (var bookmark in before)
            if (byHash.TryGetValue(bookmark.Hash, out var waiting))
            {
                waiting.RemoveAll(w => w.Instance == instance && w.Bookmark.Id == bookmark.Id);

                if (waiting.Count == 0)
                    byHash.Remove(bookmark.Hash);
            }

        foreach (var bookmark in after)
        {
            if (!byHash.TryGetValue(bookmark.Hash, out var waiting))
                byHash[bookmark.Hash] = waiting = [];

            waiting.Add((instance, bookmark));
        }
    }

    /// <summary>A snapshot, by the order in which instances and bookmarks were created.</summary>
    public List<(InMemoryInstance Instance, Bookmark Bookmark)> Find(string hash) =>
        byHash.TryGetValue(hash, out var waiting) ? [.. waiting.OrderBy(w => w.Instance.Number).ThenBy(w => w.Bookmark.Id)] : [];
}
