; Runs single instructions on the host's processor: a static program for Linux on x86-64.
; Records of 1024 bytes come on standard input and go back, with what the instruction did, on
; standard output. record.ts says what lies where in one.
bits 64
BASE equ 0x100000
WORK equ 0x108000               ; the record being executed; its operand in memory has a fixed address
CODE equ 0x10a000               ; the instruction and the jump behind it
STACKS equ 0x10c000             ; of signal handlers; ends where the next begins
OWN_STACK equ 0x10f000
BLOCK equ 0x110000              ; records read at once
BLOCK_BYTES equ 0x10000
RECORD equ 1024
REGISTERS equ WORK + 16
FLAGS equ WORK + 144
FX equ WORK + 160
SIGNAL equ WORK + 928

org BASE
header:
  db 0x7f, "ELF", 2, 1, 1, 0
  times 8 db 0
  dw 2, 62
  dd 1
  dq start, segment_table - header, 0
  dd 0
  dw 64, 56, 1, 0, 0, 0
segment_table:
  dd 1, 7
  dq 0, BASE, BASE, finish - header, 0x30000, 0x1000

start:
  mov rsp, OWN_STACK
  mov eax, 131                  ; sigaltstack
  mov edi, alternate
  xor esi, esi
  syscall
  mov ebx, signals
.install:
  movzx edi, byte [rbx]
  test edi, edi
  jz blocks
  mov eax, 13                   ; rt_sigaction
  mov esi, action
  xor edx, edx
  mov r10d, 8
  syscall
  inc ebx
  jmp .install

blocks:
  mov ebx, BLOCK
.read:
  xor eax, eax
  xor edi, edi
  mov esi, ebx
  mov edx, BLOCK + BLOCK_BYTES
  sub edx, ebx
  syscall
  test rax, rax
  jle .last
  add ebx, eax
  cmp ebx, BLOCK + BLOCK_BYTES
  jb .read
.last:
  mov [block_end], ebx
  mov ebp, BLOCK
.record:
  lea eax, [rbp + RECORD]
  cmp eax, [block_end]
  ja .answer
  mov [current], ebp
  cld
  mov esi, ebp
  mov edi, WORK
  mov ecx, RECORD / 8
  rep movsq
  jmp execute
.executed:
  cld
  mov ebp, [current]
  mov edi, ebp
  mov esi, WORK
  mov ecx, RECORD / 8
  rep movsq
  add ebp, RECORD
  jmp .record
.answer:
  cmp ebp, BLOCK
  je .exit
  mov ebx, BLOCK
.write:
  mov eax, 1
  mov edi, 1
  mov esi, ebx
  mov edx, ebp
  sub edx, ebx
  syscall
  test rax, rax
  jle .exit
  add ebx, eax
  cmp ebx, ebp
  jb .write
  cmp dword [block_end], BLOCK + BLOCK_BYTES
  je blocks
.exit:
  mov eax, 60
  xor edi, edi
  syscall

execute:
  movzx ecx, byte [WORK]
  mov esi, WORK + 1
  mov edi, CODE
  rep movsb
  mov byte [rdi], 0xe9
  mov eax, after - 5
  sub eax, edi
  mov [rdi + 1], eax
  mov dword [SIGNAL], 0
  fxrstor64 [FX]
  mov rsp, OWN_STACK
  push qword [FLAGS]
  popfq
  mov rax, [REGISTERS]
  mov rcx, [REGISTERS + 8]
  mov rdx, [REGISTERS + 16]
  mov rbx, [REGISTERS + 24]
  mov rsp, [REGISTERS + 32]
  mov rbp, [REGISTERS + 40]
  mov rsi, [REGISTERS + 48]
  mov rdi, [REGISTERS + 56]
  mov r8, [REGISTERS + 64]
  mov r9, [REGISTERS + 72]
  mov r10, [REGISTERS + 80]
  mov r11, [REGISTERS + 88]
  mov r12, [REGISTERS + 96]
  mov r13, [REGISTERS + 104]
  mov r14, [REGISTERS + 112]
  mov r15, [REGISTERS + 120]
  jmp CODE

after:
  mov [REGISTERS + 32], rsp
  mov rsp, OWN_STACK
  pushfq
  pop qword [FLAGS]
  push 2                        ; TF and AC are off from here on
  popfq
  mov [REGISTERS], rax
  mov [REGISTERS + 8], rcx
  mov [REGISTERS + 16], rdx
  mov [REGISTERS + 24], rbx
  mov [REGISTERS + 40], rbp
  mov [REGISTERS + 48], rsi
  mov [REGISTERS + 56], rdi
  mov [REGISTERS + 64], r8
  mov [REGISTERS + 72], r9
  mov [REGISTERS + 80], r10
  mov [REGISTERS + 88], r11
  mov [REGISTERS + 96], r12
  mov [REGISTERS + 104], r13
  mov [REGISTERS + 112], r14
  mov [REGISTERS + 120], r15
  fxsave64 [FX]
  jmp blocks.executed

; A signal is noted, and execution goes on as if the instruction had ended; the registers are those
; that the processor had when the instruction failed.
handler:
  mov [SIGNAL], edi
  mov eax, [rsi + 8]
  mov [SIGNAL + 4], eax
  mov rax, [rdx + 168]
  sub rax, CODE
  mov [SIGNAL + 8], rax
  mov qword [rdx + 168], after
  ret
restorer:
  mov eax, 15
  syscall

align 8
action: dq handler, 0x4c000004, restorer, 0   ; SA_SIGINFO, SA_RESTORER, SA_ONSTACK, SA_NODEFER
alternate: dq STACKS
  dq 0
  dq 0x2000
signals: db 4, 5, 7, 8, 11, 0
align 4
block_end: dd 0
current: dd 0
finish:
