// What each file of this folder adds to the addon's exports.
#pragma once
#include <napi.h>

namespace sockscope {

void exportSockets(Napi::Env env, Napi::Object exports);
void exportColumns(Napi::Env env, Napi::Object exports);
void exportNetlink(Napi::Env env, Napi::Object exports);
void exportLoops(Napi::Env env, Napi::Object exports);
void exportNetns(Napi::Env env, Napi::Object exports);
void exportWriteNow(Napi::Env env, Napi::Object exports);
void exportFiles(Napi::Env env, Napi::Object exports);
void exportQuietWatch(Napi::Env env, Napi::Object exports);
void exportHeap(Napi::Env env, Napi::Object exports);

}  // namespace sockscope
