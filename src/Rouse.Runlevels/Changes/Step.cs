using System;

namespace Rouse.Runlevels.Changes;

/// <summary>
/// One thing that is done to the tree, at once or not at all. Done twice it does no more than done once, so that a change that was
/// interrupted can be gone through again from its beginning.
/// </summary>
public abstract record Step
{
    /// <summary>The directory whose content the step changes.</summary>
    public abstract string Directory { get; }

    protected static string DirectoryOf(string path) => path[..Math.Max(path.LastIndexOf('/'), 1)];
}

/// <summary>A link gets another name in its directory; what it leads to stays.</summary>
public sealed record RenameLink(string From, string To) : Step
{
    public override string Directory => DirectoryOf(From);

    public override string ToString() => $"rename {From} to {To[(To.LastIndexOf('/') + 1)..]}";
}

/// <summary>A new link.</summary>
public sealed record MakeLink(string Path, string Target) : Step
{
    public override string Directory => DirectoryOf(Path);

    public override string ToString() => $"link {Path} -> {Target}";
}

/// <summary>A link goes.</summary>
/// <param name="Target">Where it leads, so that it can be made again.</param>
public sealed record RemoveLink(string Path, string Target) : Step
{
    public override string Directory => DirectoryOf(Path);

    public override string ToString() => $"remove {Path}";
}

/// <summary>Something that is laid ready beside its place and takes it in one step; for as long it has a name that no reader takes for a service's.</summary>
public abstract record PlacedStep(string Path) : Step
{
    public override string Directory => DirectoryOf(Path);

    public string Prepared => $"{Directory}/.{Path[(Path.LastIndexOf('/') + 1)..]}.rouse-new";
}

/// <summary>A link leads elsewhere.</summary>
public sealed record ReplaceLink(string Path, string Target) : PlacedStep(Path)
{
    public override string ToString() => $"link {Path} -> {Target}";
}

/// <summary>A file gets other content, and keeps its mode, owner and labels.</summary>
/// <param name="Path">The file itself, no link to it.</param>
public sealed record ReplaceFile(string Path, ReadOnlyMemory<byte> Content) : PlacedStep(Path)
{
    public override string ToString() => $"write {Path}";
}

/// <summary>A new file.</summary>
public sealed record MakeFile(string Path, ReadOnlyMemory<byte> Content, uint Mode) : PlacedStep(Path)
{
    public override string ToString() => $"write {Path} (new)";
}
