using System.Net;

namespace PamTui.Gateway.Listener;

/// <summary>Why a connection was not let in.</summary>
internal enum TurnedAway
{
    Full,
    Startups,
    StartupsOfSource,
    Penalty,
}

/// <summary>
/// Who may come in: a cap over all, a cap on connections that have not signed in (dropped at random before it is reached, so that a flood
/// does not shut everybody out), the same per source, and penalties (A17).
/// </summary>
/// <param name="percent">A random number from 0 to 99.</param>
internal sealed class Admission(TimeProvider time, Func<int> percent)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<SourceKey, int> _startups = [];
    private readonly SourcePenalties _penalties = new(time);
    private int _starting;
    private int _all;

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _all;
            }
        }
    }

    public (Ticket? Ticket, TurnedAway Why) Enter(IPAddress address, GatewayOptions options)
    {
        SourceKey source = SourceKey.Of(address);
        bool exempt = !options.SourcePenalties || SourcePenalties.IsExempt(address, options.PenaltyExempt);
        if (!exempt && _penalties.TurnsAway(source))
        {
            return (null, TurnedAway.Penalty);
        }

        lock (_gate)
        {
            int ofSource = _startups.GetValueOrDefault(source);
            if (_all >= options.MaxConnections)
            {
                return (null, TurnedAway.Full);
            }

            if (ofSource >= options.MaxStartupsPerSource)
            {
                return (null, TurnedAway.StartupsOfSource);
            }

            if (Drops(options))
            {
                return (null, TurnedAway.Startups);
            }

            _all++;
            _starting++;
            _startups[source] = ofSource + 1;
            return (new Ticket(this, source, exempt), default);
        }
    }

    private bool Drops(GatewayOptions options)
    {
        if (_starting < options.StartDropping)
        {
            return false;
        }

        if (_starting >= options.MaxStartups)
        {
            return true;
        }

        int span = options.MaxStartups - options.StartDropping;
        int chance = options.DropPercent + ((100 - options.DropPercent) * (_starting - options.StartDropping) / span);
        return percent() < chance;
    }

    private void Started(SourceKey source)
    {
        _starting--;
        if (--_startups[source] == 0)
        {
            _startups.Remove(source);
        }
    }

    /// <summary>A connection's place among all; disposed with it.</summary>
    internal sealed class Ticket(Admission owner, SourceKey source, bool exempt) : IDisposable
    {
        private bool _signedIn;
        private bool _gone;

        public SourceKey Source => source;

        /// <summary>The connection no longer counts as a start.</summary>
        public void SignedIn()
        {
            lock (owner._gate)
            {
                if (!_signedIn && !_gone)
                {
                    _signedIn = true;
                    owner.Started(source);
                }
            }
        }

        /// <summary>True when the source is turned away from now on.</summary>
        public bool Penalise(Penalty penalty) => penalty != Penalty.None && !exempt && owner._penalties.Add(source, penalty);

        public void Dispose()
        {
            lock (owner._gate)
            {
                if (_gone)
                {
                    return;
                }

                _gone = true;
                owner._all--;
                if (!_signedIn)
                {
                    owner.Started(source);
                }
            }
        }
    }
}
