using System.Collections.Generic;
using Rouse.Config.Model;

namespace Rouse.Server.Reloading;

/// <summary>The services of a new configuration, each until something that runs is found to be it.</summary>
internal sealed class WantedServices
{
    private readonly IReadOnlyList<ServiceDefinition> _all;
    private readonly bool[] _isTaken;

    // By their key the first of each, as a place in the list, and after each the next one of its key: nearly always there is none.
    private readonly Dictionary<(string Id, int Protocol, ushort Port), int> _first = [];
    private readonly int[] _following;

    public WantedServices(IReadOnlyList<ServiceDefinition> all)
    {
        _all = all;
        _isTaken = new bool[all.Count];
        _following = new int[all.Count];
        for (int i = all.Count - 1; i >= 0; i--)
        {
            _following[i] = _first.GetValueOrDefault(Plan.Key(all[i]), -1);
            _first[Plan.Key(all[i])] = i;
        }
    }

    /// <summary>What a service that runs goes on as; null where nothing is left for it.</summary>
    /// <param name="mayMove">Also what has other sockets.</param>
    public ServiceDefinition? Take(ServiceDefinition running, bool mayMove)
    {
        for (int i = FirstOf(running); i >= 0; i = _following[i])
        {
            if (!_isTaken[i] && (mayMove ? Plan.IsSame(running, _all[i]) : Plan.StaysInPlace(running, _all[i])))
            {
                _isTaken[i] = true;
                return _all[i];
            }
        }

        return null;
    }

    /// <summary>Something with a service's key is left, as which it cannot go on.</summary>
    public bool HasLeft(ServiceDefinition running)
    {
        for (int i = FirstOf(running); i >= 0; i = _following[i])
        {
            if (!_isTaken[i])
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What nothing was found to be, in its order.</summary>
    public List<ServiceDefinition> Left()
    {
        List<ServiceDefinition> left = [];
        for (int i = 0; i < _all.Count; i++)
        {
            if (!_isTaken[i])
            {
                left.Add(_all[i]);
            }
        }

        return left;
    }

    private int FirstOf(ServiceDefinition running) => _first.GetValueOrDefault(Plan.Key(running), -1);
}
