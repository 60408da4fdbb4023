{
  "variables": { "sanitize%": "" },
  "targets": [{
    "target_name": "sockscope",
    "sources": ["<!@(node -p \"require('fs').readdirSync('addon',{recursive:true}).filter(f=>f.endsWith('.cc')).map(f=>'addon/'+f).join(' ')\")"],
    "include_dirs": ["<!(node -p \"require('node-addon-api').include_dir\")", "addon"],
    "defines": ["NAPI_VERSION=8", "NODE_ADDON_API_DISABLE_CPP_EXCEPTIONS", "NODE_ADDON_API_DISABLE_DEPRECATED", "NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS", "_GNU_SOURCE"],
    "cflags": ["-fvisibility=hidden", "-Wall", "-Wextra", "-Werror", "-Wno-unused-parameter", "-U_FORTIFY_SOURCE", "-U_FILE_OFFSET_BITS"],
    "cflags_cc": ["-std=c++17", "-fno-exceptions", "-fno-rtti", "-fno-threadsafe-statics"],
    "conditions": [
      ["sanitize==''", {
        "ldflags": ["-nodefaultlibs", "-Wl,-z,relro,-z,now", "-Wl,-Bsymbolic"],
        "libraries": ["-lc"]
      }, {
        "cflags": ["-fsanitize=<(sanitize)", "-fno-omit-frame-pointer"],
        "ldflags": ["-fsanitize=<(sanitize)"]
      }]
    ]
  }]
}
