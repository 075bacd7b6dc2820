namespace Lyceum.ModelHost.Scheduling;

/// <summary>
/// Who waits, and in which order their turns come: interactive before batch, then the course whose share is least used, then the
/// user of that course, then who came first. Bounded, over all and for each user. Not safe for several threads: the scheduler's lock is.
/// </summary>
internal sealed class FairQueue
{
    private readonly SchedulingOptions _options;
    private readonly TimeProvider _time;
    private readonly FairShares _courses;
    private readonly Dictionary<string, FairShares> _users = [];
    private readonly Dictionary<string, int> _members = [];
    private readonly Dictionary<(string Course, string User), int> _waitingOf = [];
    private readonly List<QueueEntry> _waiting = [];

    public FairQueue(SchedulingOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _courses = new FairShares(course => options.CourseWeights.TryGetValue(course, out var weight) ? weight : 1);
    }

    public int Count => _waiting.Count;

    public int WaitingFor(string model) => _waiting.Count(entry => entry.Request.Model == model);

    /// <summary>False when the queue, or the user's part of it, is full.</summary>
    public bool TryAdd(QueueEntry entry)
    {
        var key = (entry.Request.Course, entry.Request.User);
        var mine = _waitingOf.GetValueOrDefault(key);
        if (_waiting.Count >= _options.QueueLength || mine >= _options.QueueLengthPerUser)
        {
            return false;
        }

        _waitingOf[key] = mine + 1;
        _waiting.Add(entry);
        return true;
    }

    public bool Remove(QueueEntry entry)
    {
        if (!_waiting.Remove(entry))
        {
            return false;
        }

        var key = (entry.Request.Course, entry.Request.User);
        if (--_waitingOf[key] is var left && left == 0)
        {
            _waitingOf.Remove(key);
        }

        return true;
    }

    /// <summary>The request counts from now on as one of its course and user, waiting or running.</summary>
    public void Enter(RunRequest request)
    {
        _courses.Enter(request.Course);
        _members[request.Course] = _members.GetValueOrDefault(request.Course) + 1;
        UsersOf(request.Course).Enter(request.User);
    }

    /// <summary>The request is over.</summary>
    public void Leave(RunRequest request)
    {
        _courses.Leave(request.Course);
        UsersOf(request.Course).Leave(request.User);
        if (--_members[request.Course] == 0)
        {
            _members.Remove(request.Course);
            _users.Remove(request.Course);
        }
    }

    /// <summary>Charges work to the request's course and user.</summary>
    public void Charge(RunRequest request, double tokens)
    {
        _courses.Charge(request.Course, tokens);
        UsersOf(request.Course).Charge(request.User, tokens);
    }

    /// <summary>All who wait, the next one first.</summary>
    public IEnumerable<QueueEntry> InOrder() => _waiting
        .OrderBy(IsPatient)
        .ThenBy(entry => _courses.Clock(entry.Request.Course))
        .ThenBy(entry => entry.Request.Course, StringComparer.Ordinal)
        .ThenBy(entry => UsersOf(entry.Request.Course).Clock(entry.Request.User))
        .ThenBy(entry => entry.Number);

    private bool IsPatient(QueueEntry entry) => entry.Request.IsBatch && _time.GetElapsedTime(entry.Since) < _options.BatchPatience;

    private FairShares UsersOf(string course)
    {
        if (!_users.TryGetValue(course, out var users))
        {
            users = _users[course] = new FairShares(user => _options.UserWeights.TryGetValue(user, out var weight) ? weight : 1);
        }

        return users;
    }
}
