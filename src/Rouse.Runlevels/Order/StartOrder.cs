using System;
using System.Collections.Generic;
using System.Linq;
using Rouse.Runlevels.Links;
using Rouse.Runlevels.Scripts;

namespace Rouse.Runlevels.Order;

/// <summary>When a service is started and stopped, 0 to 99.</summary>
public readonly record struct Priorities(int Start, int Stop);

/// <summary>
/// The priorities of LSB scripts: each starts after what it needs and stops before it, where that is on in the same levels. A number given by
/// a <c>chkconfig:</c> line is the least for the start and the most for the stop.
/// </summary>
public sealed class StartOrder
{
    private const int Unasked = 50;
    private const int Last = 99;

    private readonly Dictionary<string, InitScript> _scripts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<InitScript>> _providers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Priorities> _found = new(StringComparer.Ordinal);
    private readonly List<string> _path = [];
    private readonly Func<string, Levels> _on;

    /// <param name="on">In which levels a service is on, once the change has been made.</param>
    public StartOrder(IEnumerable<InitScript> scripts, Func<string, Levels> on)
    {
        _on = on;
        foreach (InitScript script in scripts.Where(script => script.IsSupported))
        {
            _scripts[script.Name] = script;
            foreach (string name in (script.Header.Lsb?.Provides ?? []).Append(script.Name).Distinct())
            {
                if (!_providers.TryGetValue(name, out List<InitScript>? providers))
                {
                    _providers.Add(name, providers = []);
                }

                providers.Add(script);
            }
        }
    }

    /// <summary>The services of a loop, the first one again at its end; empty while none has been met.</summary>
    public IReadOnlyList<string> Loop { get; private set; } = [];

    /// <summary>What a script's header says, whatever it needs.</summary>
    public static Priorities OfHeader(InitScript script) => new(script.Header.Start ?? Unasked, script.Header.Stop ?? Unasked);

    /// <summary>A script's priorities; meaningless once <see cref="Loop"/> holds something.</summary>
    public Priorities Of(InitScript script)
    {
        if (script.Header.Lsb is not { } block)
        {
            return OfHeader(script);
        }

        if (_found.TryGetValue(script.Name, out Priorities known))
        {
            return known;
        }

        int at = _path.IndexOf(script.Name);
        if (at >= 0)
        {
            Loop = Loop.Count > 0 ? Loop : [.. _path[at..], script.Name];
            return default;
        }

        _path.Add(script.Name);
        Priorities priorities = OfHeader(script);
        foreach (InitScript needed in Needed(script, block.RequiredStart.Concat(block.ShouldStart)))
        {
            priorities = priorities with { Start = Math.Max(priorities.Start, Math.Min(Of(needed).Start + 1, Last)) };
        }

        foreach (InitScript needed in Needed(script, block.RequiredStop.Concat(block.ShouldStop)))
        {
            priorities = priorities with { Stop = Math.Min(priorities.Stop, Math.Max(Of(needed).Stop - 1, 0)) };
        }

        _path.RemoveAt(_path.Count - 1);
        _found[script.Name] = priorities;
        return priorities;
    }

    /// <summary>
    /// LSB scripts with links whose numbers are not what they should be now, with the right ones. Only those that what they need has moved:
    /// a number that an administrator gave to a script of no needs is left alone. None where a <see cref="Loop"/> is met on the way.
    /// </summary>
    public IReadOnlyList<(InitScript Script, Priorities Priorities)> Displaced(Func<string, ServiceLinks> links)
    {
        List<(InitScript Script, Priorities Priorities)> displaced = [];
        foreach (InitScript script in _scripts.Values.OrderBy(script => script.Name, StringComparer.Ordinal))
        {
            if (script.Header.Lsb is null || !links(script.Name).IsAny)
            {
                continue;
            }

            Priorities wanted = Of(script);
            if (wanted != OfHeader(script) && Differs(links(script.Name), wanted))
            {
                displaced.Add((script, wanted));
            }
        }

        return Loop.Count == 0 ? displaced : [];
    }

    /// <summary>What a script needs to start and no script here provides; the system's own facilities are not asked for.</summary>
    public IEnumerable<string> Missing(InitScript script) =>
        (script.Header.Lsb?.RequiredStart ?? []).Where(name => !name.StartsWith('$') && !_providers.ContainsKey(name));

    private static bool Differs(ServiceLinks links, Priorities wanted) =>
        Levels.All.Each().Any(level => links.In(level).Any(link => link.Priority != (link.Starts ? wanted.Start : wanted.Stop)));

    private IEnumerable<InitScript> Needed(InitScript script, IEnumerable<string> names)
    {
        Levels levels = _on(script.Name);
        foreach (string name in names.Distinct())
        {
            foreach (InitScript provider in _providers.GetValueOrDefault(name, []))
            {
                if (!ReferenceEquals(provider, script) && _on(provider.Name).Contains(levels))
                {
                    yield return provider;
                }
            }
        }
    }
}
