using System;

namespace Rouse.Tools.Measure;

/// <summary>A way in which a server can be run.</summary>
internal enum Way
{
    /// <summary>Started for each connection, or for the first one where it takes the listening socket.</summary>
    Cold,

    /// <summary>Started beforehand and parked.</summary>
    Warm,

    /// <summary>Copied from one that is parked.</summary>
    Shared,

    /// <summary>Started at once with the service's own socket.</summary>
    Resident,

    /// <summary>By itself, in its own standalone mode.</summary>
    Standalone,
}

internal static class Ways
{
    public static readonly Way[] All = [Way.Cold, Way.Warm, Way.Shared, Way.Resident, Way.Standalone];

    public static string Name(this Way way) => way switch
    {
        Way.Cold => "cold",
        Way.Warm => "warm",
        Way.Shared => "shared",
        Way.Resident => "resident",
        _ => "standalone",
    };

    public static bool TryFind(string name, out Way way)
    {
        way = Array.Find(All, known => known.Name() == name);
        return way.Name() == name;
    }
}
