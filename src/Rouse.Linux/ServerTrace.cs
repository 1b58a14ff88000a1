namespace Rouse.Linux;

/// <summary>What the processes of one start of a server are known by.</summary>
/// <param name="Leader">The process that was started, alive or not: the id of its session.</param>
/// <param name="Mark">A word of its environment, NAME=VALUE, that no other server has; null where it was given none.</param>
/// <param name="Program">Its file.</param>
/// <param name="Uid">Its user.</param>
/// <param name="StartTicks">When it was started, in clock ticks since the machine's start.</param>
public readonly record struct ServerTrace(int Leader, string? Mark, string Program, uint Uid, long StartTicks);
