using System.Runtime.Versioning;
using Xunit.v3;

// The tests wait more than they work, but some measure time: no more at once than the smallest machine has cores.
[assembly: Parallelization(MaxThreads = 2)]
[assembly: SupportedOSPlatform("linux")]
