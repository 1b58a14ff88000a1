using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

// Every import has blittable parameters only: no marshalling code is generated or run.
[assembly: DisableRuntimeMarshalling]
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
