using Lyceum.KernelService.Kernels;
using Lyceum.KernelService.Outliving;
using Lyceum.ServiceDefaults.Identity;

namespace Lyceum.KernelService.Sessions;

/// <summary>A session: which kernel works for which document of whom.</summary>
internal sealed record Session(string Id, string Owner, string Path, string Name, string Type, string KernelId)
{
    public SessionModel ToModel(Kernel kernel) => new(Id, Path, Name, Type, kernel.ToModel(), new SessionNotebook(Path, Name));
}

/// <summary>All sessions. One whose kernel has gone is gone, too; so there are never more than kernels.</summary>
internal sealed class SessionList(KernelPool pool, NotebookPaths notebooks, KeptFiles kept, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Session> _sessions =
        kept.Load(KeptFiles.Sessions, KeptJson.Default.Session).ToDictionary(session => session.Id, StringComparer.Ordinal);

    public IReadOnlyList<Session> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _sessions.Values];
            }
        }
    }

    /// <summary>Whether there is a session of that id, whosever.</summary>
    public bool Has(string id)
    {
        lock (_gate)
        {
            return _sessions.ContainsKey(id);
        }
    }

    public IReadOnlyList<(Session Session, Kernel Kernel)> Of(CallerIdentity caller)
    {
        lock (_gate)
        {
            return [.. Alive(caller).OrderBy(entry => entry.Session.Id, StringComparer.Ordinal)];
        }
    }

    public (Session Session, Kernel Kernel)? Find(string id, CallerIdentity caller) => First(caller, session => session.Id == id);

    public (Session Session, Kernel Kernel)? FindPath(string path, CallerIdentity caller) => First(caller, session => session.Path == path);

    public Session Add(CallerIdentity caller, string path, string name, string type, Kernel kernel)
    {
        var session = new Session(Guid.CreateVersion7(time.GetUtcNow()).ToString(), caller.Subject, path, name, type, kernel.Id);
        Put(session);
        return session;
    }

    public void Put(Session session)
    {
        lock (_gate)
        {
            _sessions[session.Id] = session;
            kept.Save(KeptFiles.Sessions, session.Id, session, KeptJson.Default.Session);
        }

        notebooks.Remember(session.KernelId, session.Path);
    }

    public void Remove(Session session)
    {
        lock (_gate)
        {
            Forget(session);
        }
    }

    private (Session Session, Kernel Kernel)? First(CallerIdentity caller, Func<Session, bool> wanted)
    {
        lock (_gate)
        {
            foreach (var entry in Alive(caller))
            {
                if (wanted(entry.Session))
                {
                    return entry;
                }
            }

            return null;
        }
    }

    private void Forget(Session session)
    {
        _sessions.Remove(session.Id);
        kept.Forget(KeptFiles.Sessions, session.Id);
    }

    private List<(Session Session, Kernel Kernel)> Alive(CallerIdentity caller)
    {
        var alive = new List<(Session, Kernel)>();
        foreach (var session in _sessions.Values.Where(session => session.Owner == caller.Subject).ToList())
        {
            if (pool.Find(session.KernelId, caller) is { } kernel)
            {
                alive.Add((session, kernel));
            }
            else
            {
                Forget(session);
            }
        }

        return alive;
    }
}
