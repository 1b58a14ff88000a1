using System.Collections.Generic;

namespace Rouse.Runlevels.Links;

/// <summary>The links of one service in every level, in the order of the directories.</summary>
public sealed class ServiceLinks
{
    private readonly List<LevelLink>?[] _levels = new List<LevelLink>?[Levels.Count];

    public static ServiceLinks None { get; } = new();

    /// <summary>The service is referenced in some level.</summary>
    public bool IsAny => !Present.IsEmpty;

    /// <summary>Levels with a link of either kind.</summary>
    public Levels Present { get; private set; }

    /// <summary>Levels in which it is on. Of several links in a level the first decides, as in the original.</summary>
    public Levels On { get; private set; }

    public IReadOnlyList<LevelLink> In(int level) => _levels[level] is { } links ? links : [];

    internal void Add(int level, in LevelLink link)
    {
        List<LevelLink> links = _levels[level] ??= [];
        links.Add(link);
        Present = Present.With(level);
        if (links.Count == 1 && link.Starts)
        {
            On = On.With(level);
        }
    }
}
